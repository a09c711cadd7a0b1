import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { defaultClientConditions, defaultServerConditions, defineConfig } from 'vite';

/** The workspace runs from source; nothing of it has to be built first. */
const source = '@cacaw/source';

export default defineConfig({
  plugins: [
    sveltekit({
      adapter: adapter({ fallback: '200.html' }),
      compilerOptions: { runes: ({ filename }) => (filename.includes('node_modules') ? undefined : true) },
    }),
  ],
  resolve: { conditions: [source, ...defaultClientConditions] },
  ssr: { noExternal: [/^@cacaw\//], resolve: { conditions: [source, ...defaultServerConditions] } },
  worker: { format: 'es' },
  build: { target: 'es2023' },
});
