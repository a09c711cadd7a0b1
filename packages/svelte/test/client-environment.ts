/** Node, but compiled for the browser: runes are live only in Svelte's client output. */
// oxlint-disable-next-line import/no-default-export -- Vitest loads environments by their default export
export default {
  name: 'client',
  viteEnvironment: 'client',
  setup: (): { teardown(): void } => ({ teardown: () => undefined }),
};
