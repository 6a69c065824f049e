import { ObjectWriter } from './object-writer.js';
import { PageTree } from './page-tree.js';

interface Node {
  readonly parent: number | null;
  readonly count: number | null;
  readonly kids: readonly number[];
}

/** A tree of so many pages, read from what was written. */
function treeOf(pages: number): {
  readonly root: number;
  readonly nodes: ReadonlyMap<number, Node>;
  readonly pages: number[];
} {
  const pieces: Buffer[] = [];
  const writer = new ObjectWriter({ write: (bytes) => pieces.push(bytes), maxBytes: 1 << 24 });
  const tree = new PageTree(writer);
  const ids: number[] = [];
  for (let i = 0; i < pages; i++) {
    const id = writer.reserve();
    ids.push(id);
    writer.object(id, `<</Type/Page/Parent ${String(tree.add(id))} 0 R>>`);
  }
  const root = tree.finish('/MediaBox[0 0 1 1]');
  expect(tree.pages).toBe(pages);
  const nodes = new Map<number, Node>();
  for (const [, id, body = ''] of Buffer.concat(pieces)
    .toString('latin1')
    .matchAll(/(\d+) 0 obj\n(.*)\nendobj/g)) {
    const parent = /Parent (\d+)/.exec(body)?.[1];
    const count = /Count (\d+)/.exec(body)?.[1];
    const kids = /Kids\[(.*)\]/.exec(body)?.[1] ?? '';
    nodes.set(Number(id), {
      parent: parent === undefined ? null : Number(parent),
      count: count === undefined ? null : Number(count),
      kids: [...kids.matchAll(/(\d+) 0 R/g)].map(([, kid]) => Number(kid)),
    });
  }
  return { root, nodes, pages: ids };
}

describe('PageTree', () => {
  it.each([0, 1, 64, 65, 128, 4_096, 4_097, 10_000])('holds %i pages in order, each node small', (pages) => {
    const tree = treeOf(pages);
    const walk = (id: number, parent: number | null): readonly number[] => {
      const node = tree.nodes.get(id)!;
      expect(node.parent).toBe(parent);
      if (node.count === null) return [id];
      expect(node.kids.length).toBeLessThanOrEqual(64);
      const leaves = node.kids.flatMap((kid) => walk(kid, id));
      expect(node.count).toBe(leaves.length);
      return leaves;
    };
    expect(walk(tree.root, null)).toEqual(tree.pages);
  });
});
