import type { Plugin } from 'vite';

/** The parts of Yjs that no document the engine opens can hold (all but values and plain text: rules G7 and G13) or is sent in (V2). */
const parts = [
  'YXmlTreeWalker',
  'YXmlFragment',
  'YXmlElement',
  'YXmlEvent',
  'YXmlHook',
  'YXmlText',
  'YMap',
  'YMapEvent',
  'ContentDoc',
  'ContentJSON',
  'ContentBinary',
  'ContentEmbed',
  'ContentFormat',
  'ContentType',
  'DSDecoderV2',
  'UpdateDecoderV2',
  'DSEncoderV2',
  'UpdateEncoderV2',
] as const;

const yjs = /\/yjs\/dist\/yjs\.mjs$/;

/**
 * Yjs for the engine, whose documents are lists of entries and texts of notes; whoever reaches for anything else is told so. The
 * notebook, which may hold what its writers like, is opened by the page, with all of Yjs; workers are built with this.
 */
export const plainDocuments: Plugin = {
  name: 'cacaw:plain-documents',
  enforce: 'pre',
  transform: (code, id) => (yjs.test(id) ? plainYjs(code) : undefined),
};

/** Yjs without the parts that the engine's documents do not use. */
export function plainYjs(code: string): string {
  return `${parts.reduce(without, code)}
function NoPartOfOurs() {
  throw new Error('A document of a collection holds values and plain text, written in V1: this update passed no guard.');
}
`;
}

function without(code: string, part: string): string {
  const left = code.replace(new RegExp(`^class ${part}\\b[^{]*\\{\\n[\\s\\S]*?^\\}`, 'm'), `const ${part} = NoPartOfOurs;`);
  if (left === code) throw new Error(`Yjs has no class ${part} any more: read it again in apps/web/scripts/plain-documents.ts.`);
  return left;
}
