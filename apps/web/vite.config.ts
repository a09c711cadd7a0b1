import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { fileURLToPath } from 'node:url';
import { defaultClientConditions, defaultServerConditions, defineConfig, type Plugin, type ResolveModulePreloadDependenciesFn } from 'vite';
import { readingFiles, readingPath } from './scripts/reading-files.ts';
import { plainComponents } from './scripts/plain-components.ts';
import { engineChunk, firstLoadChunk, frameworkOfForms } from './scripts/first-load-chunks.ts';

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

/** What reads on a device is served by us as it is: nobody else is asked, and no bundler looks into it. */
const readingOnDevice: Plugin = {
  name: 'cacaw:reading-on-device',
  applyToEnvironment: ({ name }) => name === 'client',
  generateBundle() {
    for (const { name, bytes } of readingFiles()) this.emitFile({ type: 'asset', fileName: `${readingPath}/${name}`, source: bytes });
  },
};

/** Yjs asks where it runs; the long answer is for servers. */
const inBrowser: Plugin = {
  name: 'cacaw:in-browser',
  enforce: 'pre',
  resolveId: (id, importer = '') =>
    id === 'lib0/environment' || (id === './environment.js' && importer.includes('/lib0/'))
      ? fileURLToPath(new URL('src/lib/engine/lib0-environment.ts', import.meta.url))
      : undefined,
};

/** `devalue` is a server's way to send what JSON cannot hold; no server sends this app anything but itself. */
const plainHistory: Plugin = {
  name: 'cacaw:plain-history',
  enforce: 'pre',
  applyToEnvironment: ({ name }) => name === 'client',
  resolveId: (id) => (id === 'devalue' ? fileURLToPath(new URL('scripts/plain-history.ts', import.meta.url)) : undefined),
};

/**
 * What is fetched side by side with a part that comes later: all of it for a page, else its styles alone. A list of scripts by
 * name, most of which are here already, would be in every part's way at the first load; the part itself asks for the rest.
 */
const preloadedWith: ResolveModulePreloadDependenciesFn = (_part, needed, { hostId }) =>
  hostId.includes('entry/app.') ? needed : needed.filter((name) => name.endsWith('.css'));

export default defineConfig({
  plugins: [
    inBrowser,
    plainHistory,
    plainComponents,
    sveltekit({
      adapter: adapter({ fallback: '200.html' }),
      compilerOptions: { runes: ({ filename }) => (filename.includes('node_modules') ? undefined : true) },
    }),
    workerImports,
    readingOnDevice,
  ],
  define: { __READING_PATH__: JSON.stringify(readingPath) },
  resolve: {
    conditions: [source, ...defaultClientConditions],
    alias: [{ find: /^lib0\/logging$/, replacement: fileURLToPath(new URL('src/lib/engine/yjs-log.ts', import.meta.url)) }],
  },
  ssr: { noExternal: [/^@cacaw\//], resolve: { conditions: [source, ...defaultServerConditions] } },
  // The marks for a bundler that comes after this one: none does, and they would be fetched by everybody.
  worker: {
    format: 'es',
    plugins: () => [inBrowser],
    rolldownOptions: {
      output: {
        comments: { annotation: false },
        codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: engineChunk }] },
      },
    },
  },
  build: { target: 'es2023' },
  environments: {
    client: {
      build: {
        modulePreload: { resolveDependencies: preloadedWith },
        rolldownOptions: {
          preserveEntrySignatures: 'allow-extension',
          treeshake: { moduleSideEffects: [{ test: frameworkOfForms, sideEffects: false }] },
          output: { codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: firstLoadChunk }] } },
        },
      },
    },
  },
});
