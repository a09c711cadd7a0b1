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

const token = /["{}[\]]|-?\d[\d.eE+-]*/g;
const colon = /\s*:/y;

/** Keys of what is open, outermost first; an array has none. */
type Open = (Set<string> | undefined)[];

/** Walks the tokens: one set of keys per object that is open, none for an array. */
function isPlain(text: string): boolean {
  const open: Open = [];
  const tokens = new RegExp(token);
  for (let found = tokens.exec(text); found !== null; found = tokens.exec(text)) {
    const [first] = found;
    if (first === '"') {
      tokens.lastIndex = endOfText(text, found.index);
      const isDouble = isKey(text, tokens.lastIndex) && !isNewKey(text.slice(found.index, tokens.lastIndex), open.at(-1));
      if (isDouble) return false;
    } else if (!isPlainToken(first, open)) return false;
  }
  return true;
}

function isPlainToken(first: string, open: Open): boolean {
  if (first === '{') open.push(new Set());
  else if (first === '[') open.push(undefined);
  else if (first === '}' || first === ']') open.pop();
  else return Number.isFinite(Number(first));
  return open.length <= maxDepth;
}

/** Behind the quote that ends a text. By hand: a pattern that chooses between escape and character fills the stack on a long one. */
function endOfText(text: string, begin: number): number {
  for (let end = text.indexOf('"', begin + 1); ; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return end + 1;
  }
}

function isKey(text: string, behind: number): boolean {
  colon.lastIndex = behind;
  return colon.test(text);
}

function isNewKey(quoted: string, keys: Set<string> | undefined): boolean {
  const key = JSON.parse(quoted) as string;
  if (keys === undefined || key === '__proto__' || keys.has(key)) return false;
  keys.add(key);
  return true;
}
