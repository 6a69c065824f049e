import { DocumentFont } from './document-font.js';
import { innerWidth, MARGIN, Paper } from './paper.js';
import { FAINT_INK, INK, SMALL_SIZE, TITLE_SIZE } from './table-style.js';
import { TextLayer, TextStyle, widthOf } from './text-layer.js';
import { wrapText } from './wrap-text.js';

const TITLE_LINES = 2;
const TITLE_HEIGHT = 20;
const SUBLINE_LINES = 3;
const SUBLINE_HEIGHT = 11;
const GAP = 8;
/** As wide as any number of rows that a file can hold, for the room that is kept. */
const MOST_ROWS = 888_888_888;

/** Title and sub-line above the table on the first page. The sub-line tells how many rows there are, so it is drawn at the end. */
export class Heading {
  /** In points, from the upper margin to the table. */
  readonly height: number;
  private readonly lines: readonly string[];
  private readonly titleStyle: TextStyle;
  private readonly sublineStyle: TextStyle;

  /** @param sublineOf the sub-line for a number of rows */
  constructor(
    readonly title: string,
    private readonly sublineOf: (rows: number) => string,
    private readonly paper: Paper,
    fonts: { readonly regular: DocumentFont; readonly bold: DocumentFont },
  ) {
    this.titleStyle = { font: fonts.bold, size: TITLE_SIZE, ink: INK };
    this.sublineStyle = { font: fonts.regular, size: SMALL_SIZE, ink: FAINT_INK };
    this.lines = this.wrapped(title, TITLE_LINES, this.titleStyle);
    const sublines = this.wrapped(sublineOf(MOST_ROWS), SUBLINE_LINES, this.sublineStyle);
    this.height = this.lines.length * TITLE_HEIGHT + sublines.length * SUBLINE_HEIGHT + GAP;
  }

  draw(layer: TextLayer): void {
    this.lines.forEach((line, index) => {
      const base = this.paper.height - MARGIN - TITLE_SIZE - index * TITLE_HEIGHT;
      layer.show(line, MARGIN, base + 2, this.titleStyle);
    });
  }

  drawSubline(layer: TextLayer, rows: number): void {
    const top = this.paper.height - MARGIN - this.lines.length * TITLE_HEIGHT;
    this.wrapped(this.sublineOf(rows), SUBLINE_LINES, this.sublineStyle).forEach((line, index) => {
      layer.show(line, MARGIN, top - SMALL_SIZE - index * SUBLINE_HEIGHT, this.sublineStyle);
    });
  }

  private wrapped(text: string, maxLines: number, style: TextStyle): readonly string[] {
    const measure = (part: string): number => widthOf(style, part);
    return wrapText([text], innerWidth(this.paper), maxLines, measure).lines;
  }
}
