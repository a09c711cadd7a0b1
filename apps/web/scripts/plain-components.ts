import type { Plugin } from 'vite';

type Shape = readonly [tag: string, attributes: Readonly<Record<string, string>>];

const icon = /\/@lucide\/svelte\/dist\/icons\/[^/]+\.svelte$/;
const listPart = /\/virtua\/lib\/svelte\/(?:Virtualizer|ListItem)\.svelte$/;

/**
 * Icons and long lists as this app uses them. Their packages build each svg from data and let the caller choose each element, which
 * needs much of Svelte that nothing else does: an icon takes `size` and `class` here, a list is made of `div`.
 */
export const plainComponents: Plugin = {
  name: 'cacaw:plain-components',
  enforce: 'pre',
  transform: (code, id) => (icon.test(id) ? plainIcon(code, id) : listPart.test(id) ? plainListPart(code, id) : undefined),
};

/** Draws an icon of Lucide as an svg of its own, not by Lucide's component. */
export function plainIcon(code: string, id: string): string {
  const [, data] = /^const iconData = (\{.*\});$/m.exec(code) ?? [];
  if (data === undefined) throw changed(id);
  const { node } = JSON.parse(data) as { readonly node: readonly Shape[] };
  return `<script>
  let { size = 24, class: given } = $props();
</script>
<svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" class={['lucide-icon', given]} aria-hidden="true">${node.map(shape).join('')}</svg>`;
}

function shape([tag, attributes]: Shape): string {
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`);
  return `<${tag}${written.join('')} />`;
}

/** Makes a list, or one line of it, a `div`. */
export function plainListPart(code: string, id: string): string {
  const plain = code
    .replace(/<svelte:element this=\{as\}([^>]*?)(?: \{\.\.\.itemRest\})?>/, '<div$1>')
    .replace('</svelte:element>', '</div>');
  if (plain.includes('svelte:element') || !plain.includes('</div>')) throw changed(id);
  return plain;
}

const changed = (id: string): Error => new Error(`${id} is not written as it was: read it again in apps/web/scripts/plain-components.ts.`);
