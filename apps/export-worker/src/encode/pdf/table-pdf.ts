import { SluiceError } from '@sluice/contracts';
import { Transform, TransformCallback } from 'node:stream';
import { deflateSync } from 'node:zlib';
import { RowCounting } from '../counted-file.js';
import { giveBack } from '../give-back.js';
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
/**
 * By measurement: level 1 takes 0.1 ms for a page and level 6 as long again for 15 % less. Handing pages to other threads took three times the processor
 * time of deflating them here, since a page has but 12 kB.
 */
const LEVEL = { level: 3 };

/** Turns the engine's lines into a PDF file: pages go out as they fill, and nothing of them is kept. */
export class TablePdf extends Transform implements RowCounting {
  rows = 0;
  private readonly lines = new FieldLines();
  private readonly document: PdfDocument;
  private sample: (readonly string[])[] = [];
  private sampleLength = 0;
  private drawing: TableDrawing | null = null;
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
    attempt(done, () => {
      for (const fields of this.lines.push(bytes)) {
        this.rows += 1;
        if (this.drawing) this.drawing.row(fields);
        else this.addToSample(fields);
      }
      giveBack(bytes);
    });
  }

  override _flush(done: TransformCallback): void {
    attempt(done, () => {
      this.complete();
    });
  }

  private complete(): void {
    if (!this.lines.isComplete) throw new SluiceError('export-incomplete', 'The last row has no end.');
    const drawing = this.drawing ?? this.draw(true);
    drawing.finish(this.rows);
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
      this.document.addPage(deflateSync(page, LEVEL));
    });
    for (const fields of this.sample) this.drawing.row(fields);
    this.sample = [];
    return this.drawing;
  }
}

function attempt(done: TransformCallback, work: () => void): void {
  try {
    work();
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)));
    return;
  }
  done();
}
