import { ContentBuffer } from './content-buffer.js';
import { DocumentFont } from './document-font.js';
import { visualCids } from './visual-order.js';

export interface TextStyle {
  readonly font: DocumentFont;
  /** In points. */
  readonly size: number;
  /** A colour operator. */
  readonly ink: string;
}

/** Width of a text in points. */
export const widthOf = ({ font, size }: TextStyle, text: string): number =>
  (font.widthOfText(text) * size) / 1_000;

/** The texts of a page, as one text object (ISO 32000-1, 9.4). */
export class TextLayer {
  private readonly buffer = new ContentBuffer();
  private style: TextStyle | null = null;
  /** Where the last text began, in hundredths of a point: whole numbers, so that no error adds up. */
  private left = 0;
  private base = 0;

  /** Writes a line; `left` and `base` are where its first character stands. */
  show(text: string, left: number, base: number, style: TextStyle): void {
    const { buffer } = this;
    if (style !== this.style) this.use(style);
    const [x, y] = [Math.round(left * 100), Math.round(base * 100)];
    buffer
      .hundredths(x - this.left)
      .hundredths(y - this.base)
      .write('Td (');
    this.left = x;
    this.base = y;
    if (!buffer.mapped(text, style.font.cidOf)) buffer.pairs(visualCids(style.font, text));
    buffer.write(')Tj\n');
  }

  showRight(text: string, right: number, base: number, style: TextStyle): void {
    this.show(text, right - widthOf(style, text), base, style);
  }

  /** Moves all texts to a content stream. */
  moveTo(content: ContentBuffer): void {
    content.write('BT\n').append(this.buffer).write('ET\n');
    this.buffer.clear();
    this.style = null;
    this.left = 0;
    this.base = 0;
  }

  private use(style: TextStyle): void {
    this.style = style;
    this.buffer.write(`${style.ink}/${style.font.name} ${String(style.size)} Tf `);
  }
}
