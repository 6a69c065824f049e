import { Transform, TransformCallback } from 'node:stream';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { RowCounting } from '../counted-file.js';
import { FieldLines } from './field-lines.js';
import { Fonts } from './fonts.js';
import { PdfDocument } from './pdf-document.js';
import { TableDescription, TableDrawing } from './table-drawing.js';

export interface TablePdfOptions {
  /** Most bytes that the file may have. */
  readonly maxBytes: number;
  /** Tells the file from others: 32 hexadecimal digits. */
  readonly id: string;
}

/** Rows by which the widths of columns are chosen, and the most fields' characters that are kept for it. */
const SAMPLE_ROWS = 200;
const SAMPLE_LENGTH = 1 << 20;
const deflatePage = promisify<Buffer, { readonly level: number }, Buffer>(deflate);
const LEVEL = { level: 1 };

/**
 * Turns the engine's lines into a PDF file: pages go out as they fill. While the pages of one piece are deflated, on other threads, those of
 * the next are drawn; a third piece is not taken before the first is out.
 */
export class TablePdf extends Transform implements RowCounting {
  rows = 0;
  private readonly lines = new FieldLines();
  private readonly document: PdfDocument;
  private sample: (readonly string[])[] = [];
  private sampleLength = 0;
  private drawing: TableDrawing | null = null;
  private drawn: Buffer[] = [];
  private deflating: Promise<readonly Buffer[]> = Promise.resolve([]);
  private isFinished = false;

  constructor(
    private readonly description: TableDescription,
    private readonly fonts: Fonts,
    private readonly options: TablePdfOptions,
  ) {
    super();
    const write = (bytes: Buffer): void => void this.push(bytes);
    this.document = new PdfDocument({ write, maxBytes: options.maxBytes });
  }

  isWhole(rows: number): boolean {
    return this.isFinished && this.rows === rows;
  }

  override _transform(bytes: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.drawPiece(bytes).then(() => {
      done();
    }, done);
  }

  override _flush(done: TransformCallback): void {
    this.complete().then(() => {
      done();
    }, done);
  }

  private async drawPiece(bytes: Buffer): Promise<void> {
    for (const fields of this.lines.push(bytes)) {
      this.rows += 1;
      if (this.drawing) this.drawing.row(fields);
      else this.addToSample(fields);
    }
    await this.passOn();
  }

  private async complete(): Promise<void> {
    if (!this.lines.isComplete) throw new Error('The last row has no end.');
    const drawing = this.drawing ?? this.draw(true);
    drawing.finish(this.rows);
    await this.passOn();
    await this.passOn();
    const { title, createdAt } = this.description;
    const { paper, fonts } = drawing;
    const forms = drawing.forms(this.rows, this.document.pages);
    this.document.finish({ title, createdAt, paper, fonts, forms, id: this.options.id });
    this.isFinished = true;
  }

  private addToSample(fields: readonly string[]): void {
    this.sample.push(fields);
    for (const field of fields) this.sampleLength += field.length;
    if (this.sample.length === SAMPLE_ROWS || this.sampleLength > SAMPLE_LENGTH) this.draw(false);
  }

  /** Settles the layout and draws the rows that it was settled by. */
  private draw(isWhole: boolean): TableDrawing {
    const sample = { rows: this.sample, isWhole };
    this.drawing = new TableDrawing(this.description, sample, this.fonts, (page) => {
      this.drawn.push(page);
    });
    for (const fields of this.sample) this.drawing.row(fields);
    this.sample = [];
    return this.drawing;
  }

  /** Has the pages deflated that were drawn, and writes those that were before. */
  private async passOn(): Promise<void> {
    const before = this.deflating;
    this.deflating = Promise.all(this.drawn.map((page) => deflatePage(page, LEVEL)));
    // Waited for by the next call, unless the stream fails first.
    this.deflating.catch(() => undefined);
    this.drawn = [];
    for (const page of await before) this.document.addPage(page);
  }
}
