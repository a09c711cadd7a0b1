import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../test/arbitrary.ts';
import { resolveTree, type TreeNode } from './tree.ts';

const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
const forest = fc
  .tuple(...ids.map(() => fc.record({ parent: fc.constantFrom('', 'gone', ...ids), movedAt: fc.integer({ min: 0, max: 4 }) })))
  .map((nodes) => new Map<string, TreeNode>(nodes.map((node, at) => [ids[at] ?? '', node])));

/** The way up as written; undefined when it ends at the top or at something missing. */
function circleOf(nodes: ReadonlyMap<string, TreeNode>, start: string): readonly string[] | undefined {
  const path: string[] = [];
  for (let at = start; ;) {
    const node = nodes.get(at);
    if (node === undefined) return undefined;
    if (path.includes(at)) return path.slice(path.indexOf(at));
    path.push(at);
    at = node.parent;
  }
}

test('[M8] the tree is a forest, every node is reachable, and moves that close no circle are kept', () => {
  fc.assert(
    fc.property(forest, (nodes) => {
      const shownIn = resolveTree(nodes);
      for (const [id, { parent }] of nodes) {
        const seen = new Set<string>();
        let at: string = id;
        for (; at !== '' && at !== 'recovered'; at = shownIn.get(at) ?? 'unreachable') {
          expect(seen.has(at)).toBe(false);
          seen.add(at);
        }
        if (!(circleOf(nodes, id)?.includes(id) ?? false)) expect(shownIn.get(id)).toBe(parent === 'gone' ? 'recovered' : parent);
      }
    }),
    runs,
  );
});

test('[M8] each circle loses its newest edge, one and no more, whatever the order of the nodes', () => {
  fc.assert(
    fc.property(forest, fc.shuffledSubarray(ids, { minLength: ids.length }), (nodes, order) => {
      const shownIn = resolveTree(nodes);
      const again = resolveTree(new Map(order.map((id) => [id, nodes.get(id) ?? { parent: '', movedAt: 0 }])));
      expect(Object.fromEntries(again)).toEqual(Object.fromEntries([...shownIn].map((pair) => pair)));
      for (const id of ids) {
        const circle = circleOf(nodes, id);
        if (circle === undefined) continue;
        const cut = circle.filter((one) => shownIn.get(one) === 'recovered');
        const newest = Math.max(...circle.map((one) => nodes.get(one)?.movedAt ?? 0));
        expect(cut).toHaveLength(1);
        expect(nodes.get(cut[0] ?? '')?.movedAt).toBe(newest);
      }
    }),
    runs,
  );
});

test('[M8] a chain of 10,000 folders is resolved in linear time', () => {
  let looks = 0;
  class Counted extends Map<string, TreeNode> {
    override get(id: string): TreeNode | undefined {
      looks += 1;
      return super.get(id);
    }
  }
  const chain = new Counted(
    Array.from({ length: 10_000 }, (_, at) => [`f${at}`, { parent: at === 0 ? 'f9999' : `f${at - 1}`, movedAt: at }]),
  );
  const shownIn = resolveTree(chain);

  expect(shownIn.get('f9999')).toBe('recovered');
  expect(looks).toBeLessThan(5 * chain.size);
});
