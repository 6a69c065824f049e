import { OutputColumn, PdfOptions } from '@sluice/contracts';
import { ContentBuffer } from './content-buffer.js';
import { DocumentFont } from './document-font.js';
import { endNotes } from './end-notes.js';
import { Fonts } from './fonts.js';
import { Heading } from './heading.js';
import { measureColumns } from './measure-columns.js';
import { innerWidth, Paper, paperOf } from './paper.js';
import { Form } from './pdf-document.js';
import { planColumns } from './plan-columns.js';
import { RowCells } from './row-cells.js';
import { sublineOf } from './subline.js';
import { FOOT_BASE, SUBLINE_FORM, TablePages, TOTAL_FORM } from './table-pages.js';
import { FAINT_INK, FONT_SIZE, INK, SMALL_SIZE } from './table-style.js';
import { TextLayer, TextStyle, widthOf } from './text-layer.js';

/** What is known of a table before its first row. */
export interface TableDescription {
  readonly title: string;
  readonly columns: readonly OutputColumn[];
  readonly paper: PdfOptions['paper'];
  readonly createdAt: Date;
  /** IANA name of the zone in which times are written. */
  readonly timezone: string;
  /** What texts were cut to before they came here, in characters. */
  readonly longestText: number;
}

/** The first rows of a table, and whether there are no others. */
export interface Sample {
  readonly rows: readonly (readonly string[])[];
  readonly isWhole: boolean;
}

/** Draws one table: its layout is settled by a sample of its rows. */
export class TableDrawing {
  readonly paper: Paper;
  readonly fonts: readonly DocumentFont[];
  private readonly regular: DocumentFont;
  private readonly cells: RowCells;
  private readonly heading: Heading;
  private readonly pages: TablePages;

  /** @param onPage takes the content of each page, not deflated */
  constructor(
    { columns, title, paper, createdAt, timezone, longestText }: TableDescription,
    sample: Sample,
    fonts: Fonts,
    onPage: (content: Buffer) => void,
  ) {
    const regular = new DocumentFont('F1', fonts.regular);
    const bold = new DocumentFont('F2', fonts.bold);
    this.regular = regular;
    this.fonts = [regular, bold];
    const cell = (text: string): number => widthOf({ font: regular, size: FONT_SIZE, ink: INK }, text);
    const header = (text: string): number => widthOf({ font: bold, size: FONT_SIZE, ink: INK }, text);
    const needs = measureColumns(columns, sample.rows, sample.isWhole, { header, cell });
    const plan = planColumns(needs, innerWidth(paperOf(paper, false)), innerWidth(paperOf(paper, true)));
    this.paper = paperOf(paper, plan.isTurned);
    this.cells = new RowCells(columns, plan, longestText, cell);
    const subline = sublineOf(columns, createdAt, timezone);
    this.heading = new Heading(title, subline, this.paper, { regular, bold });
    const { alignsRight } = this.cells;
    const names = columns.map(({ name }) => name);
    const facts = { names, alignsRight, plan, paper: this.paper, heading: this.heading, regular, bold };
    this.pages = new TablePages(facts, onPage);
  }

  row(fields: readonly string[]): void {
    this.pages.row(fields.map((field, index) => this.cells.cell(field, index)));
  }

  /** Draws what ends the table; the page with it goes to `onPage`. */
  finish(rows: number): void {
    const missing = new Set(this.fonts.flatMap((font) => [...font.missing])).size;
    this.pages.finish(endNotes({ rows, cut: this.cells.cut, missing }));
  }

  /** What is only known at the end, as drawings that earlier pages show. */
  forms(rows: number, pages: number): readonly Form[] {
    const total = new TextLayer();
    const style: TextStyle = { font: this.regular, size: SMALL_SIZE, ink: FAINT_INK };
    total.show(` of ${String(pages)}`, this.paper.width / 2, FOOT_BASE, style);
    const subline = new TextLayer();
    this.heading.drawSubline(subline, rows);
    return [
      { name: TOTAL_FORM, content: contentOf(total) },
      { name: SUBLINE_FORM, content: contentOf(subline) },
    ];
  }
}

function contentOf(layer: TextLayer): Buffer {
  const content = new ContentBuffer();
  layer.moveTo(content);
  return content.take();
}
