import { DocumentFont } from './document-font.js';
import { writeFont } from './font-objects.js';
import { ObjectWriter, ObjectWriterOptions } from './object-writer.js';
import { PageTree } from './page-tree.js';
import { Paper } from './paper.js';

/** A drawing of the end of the file that pages of before show: what is known only then. */
export interface Form {
  /** How content streams call it. */
  readonly name: string;
  readonly content: Buffer;
}

export interface DocumentEnd {
  readonly title: string;
  readonly createdAt: Date;
  readonly paper: Paper;
  readonly fonts: readonly DocumentFont[];
  readonly forms: readonly Form[];
  /** 32 hexadecimal digits. */
  readonly id: string;
}

/** A document whose pages are written as they come, and all that they share after them. */
export class PdfDocument {
  private readonly writer: ObjectWriter;
  private readonly tree: PageTree;

  constructor(options: ObjectWriterOptions) {
    this.writer = new ObjectWriter(options);
    this.tree = new PageTree(this.writer);
  }

  get pages(): number {
    return this.tree.pages;
  }

  /** Adds a page; `content` is deflated. */
  addPage(content: Buffer): void {
    const [page, stream] = [this.writer.reserve(), this.writer.reserve()];
    const parent = this.tree.add(page);
    this.writer.stream(stream, '/Filter/FlateDecode', content);
    this.writer.object(page, `<</Type/Page/Parent ${String(parent)} 0 R/Contents ${String(stream)} 0 R>>`);
  }

  finish({ title, createdAt, paper, fonts, forms, id }: DocumentEnd): void {
    const { writer } = this;
    const box = `[0 0 ${String(paper.width)} ${String(paper.height)}]`;
    const fontRefs = fonts.map((font, index) => `/${font.name} ${String(this.addFont(font, index))} 0 R`);
    const fontEntry = `/Font<<${fontRefs.join('')}>>`;
    const formRefs = forms.map(({ name, content }) => {
      const form = writer.reserve();
      writer.stream(form, `/Type/XObject/Subtype/Form/BBox${box}/Resources<<${fontEntry}>>`, content);
      return `/${name} ${String(form)} 0 R`;
    });
    const root = this.tree.finish(
      `/MediaBox${box}/Resources<<${fontEntry}/XObject<<${formRefs.join('')}>>>>`,
    );
    const [catalog, info] = [writer.reserve(), writer.reserve()];
    writer.object(
      catalog,
      `<</Type/Catalog/Pages ${String(root)} 0 R/ViewerPreferences<</DisplayDocTitle true>>>>`,
    );
    writer.object(
      info,
      `<</Title${textString(title)}/Producer(Sluice)/CreationDate(${dateString(createdAt)})>>`,
    );
    writer.finish(catalog, info, id);
  }

  private addFont({ font, characters }: DocumentFont, index: number): number {
    const id = this.writer.reserve();
    writeFont(this.writer, id, font, characters, `SLUIC${String.fromCharCode(0x41 + index)}`);
    return id;
  }
}

/** UTF-16 with a byte order mark, in hexadecimal digits. */
const textString = (text: string): string =>
  `<${Buffer.from(`\ufeff${text}`, 'utf16le').swap16().toString('hex')}>`;

const dateString = (date: Date): string => `D:${date.toISOString().replace(/\D/g, '').slice(0, 14)}Z`;
