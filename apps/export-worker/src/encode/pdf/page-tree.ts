import { ObjectWriter } from './object-writer.js';

/** Children of a node: small, so that what is open at once stays small, however many pages there are. */
const KIDS = 64;

interface OpenNode {
  readonly id: number;
  readonly kids: number[];
  pages: number;
}

/** The tree of pages (ISO 32000-1, 7.7.3), written node by node as they fill: it keeps one open node for each level. */
export class PageTree {
  private readonly levels: (OpenNode | null)[] = [];

  /** Pages so far. */
  pages = 0;

  constructor(private readonly writer: ObjectWriter) {}

  /** Takes a page in; the page has to name the node that is returned as its parent. */
  add(page: number): number {
    this.pages += 1;
    return this.addTo(0, page, 1);
  }

  /** Closes all nodes; `shared` are entries that the root gives to all pages. Returns the root. */
  finish(shared: string): number {
    for (let level = 0; level < this.levels.length - 1; level++) this.close(level);
    const root = this.open(Math.max(0, this.levels.length - 1));
    this.writer.object(root.id, `<</Type/Pages${shared}${listOf(root)}>>`);
    return root.id;
  }

  /** A node that is full is closed when the next one comes, so that none is ever empty and the root has no parent. */
  private addTo(level: number, child: number, pages: number): number {
    if (this.open(level).kids.length === KIDS) this.close(level);
    const node = this.open(level);
    node.kids.push(child);
    node.pages += pages;
    return node.id;
  }

  private open(level: number): OpenNode {
    return (this.levels[level] ??= { id: this.writer.reserve(), kids: [], pages: 0 });
  }

  private close(level: number): void {
    const node = this.open(level);
    const parent = this.addTo(level + 1, node.id, node.pages);
    this.writer.object(node.id, `<</Type/Pages/Parent ${String(parent)} 0 R${listOf(node)}>>`);
    this.levels[level] = null;
  }
}

function listOf({ kids, pages }: OpenNode): string {
  return `/Count ${String(pages)}/Kids[${kids.map((kid) => `${String(kid)} 0 R`).join(' ')}]`;
}
