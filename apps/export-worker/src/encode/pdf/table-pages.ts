import { Cell } from './row-cells.js';
import { ContentBuffer } from './content-buffer.js';
import { DocumentFont } from './document-font.js';
import { Heading } from './heading.js';
import { FOOT, innerWidth, MARGIN, Paper } from './paper.js';
import { ColumnPlan, PlacedColumn } from './plan-columns.js';
import * as style from './table-style.js';
import { TextLayer, TextStyle, widthOf } from './text-layer.js';
import { cutLine, wrapText } from './wrap-text.js';

/** Names of the drawings that are made at the end. */
export const TOTAL_FORM = 'Total';
export const SUBLINE_FORM = 'Subline';
/** Baseline of a page's foot. */
export const FOOT_BASE = MARGIN;
const HEAD_GAP = 6;
const NULL_SIGN = '–';
const ASCENT = 0.76;

export interface TableFacts {
  readonly names: readonly string[];
  readonly alignsRight: readonly boolean[];
  readonly plan: ColumnPlan;
  readonly paper: Paper;
  readonly heading: Heading;
  readonly regular: DocumentFont;
  readonly bold: DocumentFont;
}

/** Draws rows onto pages. Pages side by side of a split table have the same rows, and come one after another. */
export class TablePages {
  private readonly styles: Readonly<Record<'cell' | 'null' | 'head' | 'foot', TextStyle>>;
  private readonly layers: readonly TextLayer[];
  private readonly content = new ContentBuffer();
  private readonly headers: readonly (readonly string[])[];
  private readonly headHeight: number;
  /** Lower edges of the rows on the page, and which are shaded. */
  private edges: number[] = [];
  private shaded: boolean[] = [];
  private top = 0;
  private rows = 0;
  private pages = 0;

  /** @param onPage takes the content of each page, not deflated, and is done with its memory when it returns */
  constructor(
    private readonly facts: TableFacts,
    private readonly onPage: (content: Buffer) => void,
  ) {
    const { regular, bold, plan } = facts;
    this.styles = {
      cell: { font: regular, size: style.FONT_SIZE, ink: style.INK },
      null: { font: regular, size: style.FONT_SIZE, ink: style.FAINT_INK },
      head: { font: bold, size: style.FONT_SIZE, ink: style.HEAD_INK },
      foot: { font: regular, size: style.SMALL_SIZE, ink: style.FAINT_INK },
    };
    this.layers = plan.groups.map(() => new TextLayer());
    this.headers = this.wrapHeaders();
    this.headHeight = heightOf(Math.max(1, ...this.headers.map((lines) => lines.length)));
    this.begin();
  }

  row(cells: readonly Cell[]): void {
    let lines = 1;
    for (const cell of cells) if (cell.lines.length > lines) lines = cell.lines.length;
    const height = heightOf(lines);
    if (this.top - height < MARGIN + FOOT && this.edges.length > 0) this.turn();
    this.facts.plan.groups.forEach((columns, group) => {
      for (const column of columns) this.drawCell(cells[column.index], column, group);
    });
    this.top -= height;
    this.edges.push(this.top);
    this.shaded.push(this.rows % 2 === 1);
    this.rows += 1;
  }

  /** Ends the last page with what there is to say about the whole table. */
  finish(notes: readonly string[]): void {
    const height = notes.length * style.LINE_HEIGHT + HEAD_GAP;
    if (this.top - height < MARGIN + FOOT) this.turn();
    const base = this.top - HEAD_GAP - style.LINE_HEIGHT * ASCENT;
    notes.forEach((note, index) => {
      this.layers.at(-1)?.show(note, MARGIN, base - index * style.LINE_HEIGHT, this.styles.foot);
    });
    this.turn();
  }

  private drawCell(cell: Cell | undefined, { index, left, width }: PlacedColumn, group: number): void {
    const layer = this.layers[group];
    if (!cell || !layer) throw new Error('A row has fewer fields than the table has columns.');
    const x = MARGIN + left + style.PADDING;
    const right = MARGIN + left + width - style.PADDING;
    let base = this.top - style.ROW_PADDING - style.LINE_HEIGHT * ASCENT;
    const alignsRight = this.facts.alignsRight[index] === true;
    if (cell.isNull) {
      if (alignsRight) layer.showRight(NULL_SIGN, right, base, this.styles.null);
      else layer.show(NULL_SIGN, x, base, this.styles.null);
      return;
    }
    for (const line of cell.lines) {
      if (alignsRight) layer.showRight(line, right, base, this.styles.cell);
      else layer.show(line, x, base, this.styles.cell);
      base -= style.LINE_HEIGHT;
    }
  }

  private begin(): void {
    const { paper, heading } = this.facts;
    const top = paper.height - MARGIN - (this.pages === 0 ? heading.height : 0);
    this.top = top - this.headHeight;
    this.edges = [];
    this.shaded = [];
    this.facts.plan.groups.forEach((columns, group) => {
      this.drawHeaders(columns, group, top);
    });
  }

  private drawHeaders(columns: readonly PlacedColumn[], group: number, top: number): void {
    for (const { index, left, width } of columns) {
      (this.headers[index] ?? []).forEach((line, at) => {
        const base = top - style.ROW_PADDING - style.LINE_HEIGHT * (ASCENT + at);
        if (this.facts.alignsRight[index] === true) {
          this.layers[group]?.showRight(line, MARGIN + left + width - style.PADDING, base, this.styles.head);
        } else this.layers[group]?.show(line, MARGIN + left + style.PADDING, base, this.styles.head);
      });
    }
  }

  /** Gives the pages away and begins the next ones. */
  private turn(): void {
    const isFirst = this.pages === 0;
    const rowsTop = this.facts.paper.height - MARGIN - (isFirst ? this.facts.heading.height : 0);
    this.facts.plan.groups.forEach((columns, group) => {
      const layer = this.layers[group];
      if (!layer) return;
      this.pages += 1;
      this.drawGround(columns, rowsTop);
      if (isFirst) this.facts.heading.draw(layer);
      this.drawFoot(layer, columns);
      layer.moveTo(this.content);
      this.content.write(`/${TOTAL_FORM} Do\n`);
      if (isFirst) this.content.write(`/${SUBLINE_FORM} Do\n`);
      this.onPage(this.content.take());
    });
    this.begin();
  }

  private drawGround(columns: readonly PlacedColumn[], top: number): void {
    const { content } = this;
    const last = columns.at(-1);
    const width = (last?.left ?? 0) + (last?.width ?? 0);
    content.write(style.HEAD_FILL).rectangle(MARGIN, top - this.headHeight, width, this.headHeight);
    content.write('f\n').write(style.ZEBRA_FILL);
    let upper = top - this.headHeight;
    this.edges.forEach((edge, row) => {
      if (this.shaded[row] === true) content.rectangle(MARGIN, edge, width, upper - edge);
      upper = edge;
    });
    content.write('f\n').write(style.RULE);
    for (const edge of this.edges) content.line(MARGIN, MARGIN + width, edge);
    content.write('S\n');
  }

  private drawFoot(layer: TextLayer, columns: readonly PlacedColumn[]): void {
    const { paper, heading, plan, names } = this.facts;
    const { foot } = this.styles;
    const third = innerWidth(paper) / 3;
    layer.show(fitted(heading.title, third, foot), MARGIN, FOOT_BASE, foot);
    layer.showRight(`Page ${String(this.pages)}`, paper.width / 2, FOOT_BASE, foot);
    if (plan.groups.length > 1) {
      layer.showRight(columnsNote(columns, names.length), paper.width - MARGIN, FOOT_BASE, foot);
    }
  }

  private wrapHeaders(): readonly (readonly string[])[] {
    const measure = (text: string): number => widthOf(this.styles.head, text);
    return this.facts.names.map((name, index) => {
      const placed = this.facts.plan.groups.flatMap((group) =>
        group.filter((column) => column.index === index),
      );
      const width = Math.min(...placed.map((column) => column.width)) - 2 * style.PADDING;
      return wrapText([name], width, style.HEADER_LINES, measure).lines;
    });
  }
}

const heightOf = (lines: number): number => lines * style.LINE_HEIGHT + 2 * style.ROW_PADDING;

export function fitted(text: string, width: number, of: TextStyle): string {
  const measure = (part: string): number => widthOf(of, part);
  return measure(text) <= width ? text : cutLine(text, width, measure);
}

/** `Columns 1, 9–16 of 40`. */
function columnsNote(columns: readonly PlacedColumn[], of: number): string {
  const numbers = columns.map(({ index }) => index + 1);
  const [first = 1, second = first] = numbers;
  const last = numbers.at(-1) ?? first;
  const isRepeated = second > first + 1;
  const from = isRepeated ? second : first;
  const range = from === last ? String(from) : `${String(from)}–${String(last)}`;
  return `Columns ${isRepeated ? `${String(first)}, ` : ''}${range} of ${String(of)}`;
}
