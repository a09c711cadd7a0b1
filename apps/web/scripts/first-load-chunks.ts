/** What the build knows about one module: who imports it at once, not lazily. */
interface ModuleLinks {
  readonly importers: readonly string[];
}

/** The build's knowledge of its modules; null for one it does not know. */
export interface ModuleGraph {
  getModuleInfo(id: string): ModuleLinks | null;
}

/** The framework, which every page loads whole; its entries stay files of their own, the framework looks for them. */
const framework =
  /\/scripts\/plain-history\.ts$|\/node_modules\/(?:svelte|@sveltejs\/kit|devalue|clsx|esm-env)\/(?!.*\/client\/(?:entry|client-entry|payload)\.js)/;
/** Of packages the build itself knows better what is needed: who imports the index of one does not need all of it. */
const ofApp = /\/apps\/web\/src\/.*\.(?:ts|svelte)$|\/@lucide\/svelte\/|\/packages\/svelte\/src\/|\/node_modules\/virtua\/|preload-helper/;
/** What of packages every page needs, as the layout of all connects with it. */
const ofShell =
  /\/packages\/client\/src\/(?:accounts\/(?:accounts|registry-port)|rpc|message-port|network|faults)\.ts$|\/protocol\/src\/ids\.ts$|\/core\/src\/(?:inventory\/commands|device\/store|transfer\/parse-values)\.ts$/;
/** The framework loads the page of errors with every other. */
const layoutOfAll = /\/src\/routes\/\+(?:layout|error)\.svelte$/;
const screen = /\/src\/routes\/c\/\[id\]\/\+(?:layout|page)\.svelte$/;
const route = /\/src\/routes\/.*\+(?:layout|page)\.svelte$/;
const ofScreen = /\/src\/routes\/c\/\[id\]\//;

/**
 * The file of the first load a module belongs to, null for the rest: `shell` is what every page needs, or a collection's screen
 * and others; `collection` is what that screen alone adds. Few files compress far better than the forty small ones that
 * sharing between pages would cut the same modules into.
 */
export function firstLoadChunk(id: string, graph: ModuleGraph): 'shell' | 'collection' | null {
  if (framework.test(id) || ofShell.test(id)) return 'shell';
  if (!ofApp.test(id)) return null;
  const above = importersOf(id, graph);
  if (above.some((one) => layoutOfAll.test(one))) return 'shell';
  if (!above.some((one) => screen.test(one))) return null;
  return above.some((one) => route.test(one) && !ofScreen.test(one)) ? 'shell' : 'collection';
}

/** The module itself and all that import it at once, however far away. */
function importersOf(id: string, graph: ModuleGraph): readonly string[] {
  const found = new Set([id]);
  for (const one of found) for (const importer of graph.getModuleInfo(one)?.importers ?? []) found.add(importer);
  return [...found];
}
