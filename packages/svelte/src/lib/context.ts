import type { Cacaw } from '@cacaw/client';
import { createContext } from 'svelte';

const [read, write] = createContext<Cacaw>();

/** The engine given by {@link setCacaw} to a component above this one; throws when there is none. */
export const getCacaw: () => Cacaw = read;

/** Gives the engine to this component and all below it. */
export const setCacaw: (cacaw: Cacaw) => Cacaw = write;
