import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineProject } from 'vitest/config';

/** Runes need Svelte's compiler and its browser half, which works without a document as long as no component is mounted. */
export default defineProject({
  plugins: [svelte({ configFile: false })],
  resolve: { conditions: ['@cacaw/source', 'browser'] },
  test: {
    name: 'svelte',
    include: ['src/**/*.test.ts'],
    environment: './test/client-environment.ts',
    server: { deps: { inline: [/svelte/, /esm-env/] } },
  },
});
