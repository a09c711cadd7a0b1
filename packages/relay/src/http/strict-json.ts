/** Deeper than any body of ours, shallow enough for everything that walks it. */
const maxDepth = 16;

/** True for `application/json`, with or without parameters, and for nothing that only begins like it. */
export const isJsonType = (contentType: string | null | undefined): boolean =>
  (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() === 'application/json';

/**
 * The JSON in `bytes`, or undefined when it is none, or two readers could understand it differently: bytes that are no UTF-8, a
 * key that stands twice, `__proto__`, a number beyond what numbers hold, or nesting deeper than 16.
 */
export function parseStrictJson(bytes: Uint8Array): { readonly value: unknown } | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    // Afterwards: in JSON that is whole every quote has its end, so that the walk is one pass.
    return isPlain(text) ? { value } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Why a body was not taken by {@link parseJsonObject}. */
export const noJsonObject = 'The body is no JSON object, holds a key twice, or is nested too deep.';

/** The object in `bytes`, read as by {@link parseStrictJson}; a list counts as an object to a schema whose keys are all optional. */
export function parseJsonObject(bytes: Uint8Array): object | undefined {
  const value = parseStrictJson(bytes)?.value;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]|-?\d[\d.eE+-]*/gs;

/** Walks the tokens: one set of keys per object that is open, none for an array. */
function isPlain(text: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  for (const [found, colon] of text.matchAll(token)) {
    const [first = ''] = found;
    if (first === '{') open.push(new Set());
    else if (first === '[') open.push(undefined);
    else if (first === '}' || first === ']') open.pop();
    else if (!isGoodLeaf(found, colon, open.at(-1))) return false;
    if (open.length > maxDepth) return false;
  }
  return true;
}

function isGoodLeaf(found: string, colon: string | undefined, keys: Set<string> | undefined): boolean {
  if (!found.startsWith('"')) return Number.isFinite(Number(found));
  return colon === undefined || isNewKey(found.slice(0, -colon.length), keys);
}

function isNewKey(quoted: string, keys: Set<string> | undefined): boolean {
  const key = JSON.parse(quoted) as string;
  if (keys === undefined || key === '__proto__' || keys.has(key)) return false;
  keys.add(key);
  return true;
}
