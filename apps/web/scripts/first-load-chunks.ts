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
/** What forms alone need of it, which come later; the one index of all of it hides who needs what. */
export const frameworkOfForms = /\/node_modules\/svelte\/src\/internal\/client\/dom\/elements\/bindings\/(?:input|select)\.js$/;
/** Of packages the build itself knows better what is needed: who imports the index of one does not need all of it. */
const ofApp = /\/apps\/web\/src\/.*\.(?:ts|svelte)$|\/@lucide\/svelte\/|\/packages\/svelte\/src\/|\/node_modules\/virtua\/|preload-helper/;
/** What of packages every page needs, as the layout of all connects with it. */
const ofShell =
  /\/packages\/client\/src\/(?:accounts\/(?:accounts|registry-port)|rpc|message-port|network|faults)\.ts$|\/protocol\/src\/ids\.ts$|\/core\/src\/(?:inventory\/commands|device\/store|transfer\/parse-values)\.ts$/;
/** What the engine's leading half shares with parts that come later; in files of their own they would be five. */
const ofBothHalves =
  /\/protocol\/src\/(?:blobs|canonical-json|document-name|limits|photo-view|stamp)\.ts$|\/core\/src\/(?:schema|inventory\/(?:detection-registers|values|photo-registers|merges)|device\/(?:journal|look-marks))\.ts$|\/client\/src\/(?:claim|credential|detection\/asked-by-choice|open-credential|relay-face|share-link)\.ts$|\/lib0\/(?:binary|hash\/sha256)\.js$/;
const leadingHalf = /\/packages\/client\/src\/open-office\.ts$/;
/** The framework loads the page of errors with every other. */
const layoutOfAll = /\/src\/routes\/\+(?:layout|error)\.svelte$/;
const screen = /\/src\/routes\/c\/\[id\]\/\+(?:layout|page)\.svelte$/;
const start = /\/src\/routes\/\+page\.svelte$/;
const route = /\/src\/routes\/.*\+(?:layout|page)\.svelte$/;
const ofScreen = /\/src\/routes\/c\/\[id\]\//;

/**
 * The file of the first load a module belongs to, null for the rest: `shell` is what every page needs, or a collection's screen
 * and others; `collection` is what that screen alone adds. Few files compress far better than the forty small ones that
 * sharing between pages would cut the same modules into.
 */
export function firstLoadChunk(id: string, graph: ModuleGraph): 'shell' | 'forms' | 'collection' | 'pictures' | 'icons' | 'account' | null {
  if (frameworkOfForms.test(id)) return 'forms';
  if (framework.test(id) || ofShell.test(id)) return 'shell';
  if (!ofApp.test(id)) return null;
  const above = importersOf(id, graph);
  if (above.some((one) => layoutOfAll.test(one))) return 'shell';
  if (!above.some((one) => screen.test(one))) return above.some((one) => start.test(one)) ? null : sharedChunk(id, graph);
  return above.some((one) => route.test(one) && !ofScreen.test(one)) ? 'shell' : 'collection';
}

/** Draws a photo in a list, and so comes with the first of them, whole. */
const thumb = /\/src\/lib\/photos\/PhotoThumb\.svelte$/;

/** What several screens that come later share; each file more is named in the lists that every first load brings. */
function sharedChunk(id: string, graph: ModuleGraph): 'pictures' | 'icons' | 'account' | null {
  if (importersOf(id, graph).some((one) => thumb.test(one))) return 'pictures';
  const isIcon = id.includes('/@lucide/svelte/');
  if (!isIcon && !id.includes('/src/lib/account/')) return null;
  const users = new Set(importersAt(id, graph).flatMap((one) => (isIcon ? importersAt(one, graph) : one)));
  return users.size < 2 ? null : isIcon ? 'icons' : 'account';
}

/** The file of the engine a module belongs to that more than its leading half needs, null for the rest and in other workers. */
export const engineChunk = (id: string, graph: ModuleGraph): 'both-halves' | null =>
  ofBothHalves.test(id) && importersOf(id, graph).some((one) => leadingHalf.test(one)) ? 'both-halves' : null;

/** The module itself and all that import it at once, however far away. */
function importersOf(id: string, graph: ModuleGraph): readonly string[] {
  const found = new Set([id]);
  for (const one of found) for (const importer of importersAt(one, graph)) found.add(importer);
  return [...found];
}

const importersAt = (id: string, graph: ModuleGraph): readonly string[] => graph.getModuleInfo(id)?.importers ?? [];
