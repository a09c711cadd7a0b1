import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { fileURLToPath } from 'node:url';
import { defaultClientConditions, defaultServerConditions, defineConfig, type Plugin } from 'vite';
import { firstLoadChunk } from './scripts/first-load-chunks.ts';

/** The workspace runs from source; nothing of it has to be built first. */
const source = '@cacaw/source';

/**
 * The service worker keeps what the build's manifest names, and that names a worker but not what the worker imports: without
 * this the writing half of the engine would be missing offline.
 */
const workerImports: Plugin = {
  name: 'cacaw:worker-imports',
  generateBundle(_options, bundle) {
    const imported = Object.keys(bundle).filter((name) => name.includes('/workers/chunks/'));
    for (const part of Object.values(bundle)) {
      const assets = part.type === 'chunk' ? part.viteMetadata?.importedAssets : undefined;
      if ([...(assets ?? [])].some((name) => name.includes('/workers/'))) for (const name of imported) assets?.add(name);
    }
  },
};

/** `devalue` is a server's way to send what JSON cannot hold; no server sends this app anything but itself. */
const plainHistory: Plugin = {
  name: 'cacaw:plain-history',
  enforce: 'pre',
  applyToEnvironment: ({ name }) => name === 'client',
  resolveId: (id) => (id === 'devalue' ? fileURLToPath(new URL('scripts/plain-history.ts', import.meta.url)) : undefined),
};

export default defineConfig({
  plugins: [
    plainHistory,
    sveltekit({
      adapter: adapter({ fallback: '200.html' }),
      compilerOptions: { runes: ({ filename }) => (filename.includes('node_modules') ? undefined : true) },
    }),
    workerImports,
  ],
  resolve: {
    conditions: [source, ...defaultClientConditions],
    alias: [{ find: /^lib0\/logging$/, replacement: fileURLToPath(new URL('src/lib/engine/yjs-log.ts', import.meta.url)) }],
  },
  ssr: { noExternal: [/^@cacaw\//], resolve: { conditions: [source, ...defaultServerConditions] } },
  // The marks for a bundler that comes after this one: none does, and they would be fetched by everybody.
  worker: { format: 'es', rolldownOptions: { output: { comments: { annotation: false } } } },
  build: { target: 'es2023' },
  environments: {
    client: {
      build: {
        rolldownOptions: {
          preserveEntrySignatures: 'allow-extension',
          output: { codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: firstLoadChunk }] } },
        },
      },
    },
  },
});
