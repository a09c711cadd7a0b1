import type { Device } from './device.ts';
import { planCommand } from './plan-command.ts';
import { openTerm, type DeviceOptions } from './term-device.ts';

export type { DeviceOptions } from './term-device.ts';

/** Begins a term over a store, planner at hand: whoever held one before is fenced off from here on. */
export const openDevice = (options: DeviceOptions): Promise<Device> => openTerm(options, () => Promise.resolve(planCommand));
