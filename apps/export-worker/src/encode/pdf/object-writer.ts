import { SluiceError } from '@sluice/contracts';

/** Bytes before the first object: the version, and a comment that tells the file is no text. */
const HEADER = Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1');
const ENTRIES_A_PIECE = 2_000;

export interface ObjectWriterOptions {
  /** Takes each piece of the file as it comes. */
  readonly write: (bytes: Buffer) => void;
  /** Most bytes that the file may have. */
  readonly maxBytes: number;
}

/**
 * Writes the objects of a PDF file as they come, and where each one stands at the end (ISO 32000-1, 7.5). It keeps eight bytes for each object.
 * Throws `file-too-large` rather than write past `maxBytes`.
 */
export class ObjectWriter {
  private readonly offsets: number[] = [0];
  private position = 0;

  constructor(private readonly options: ObjectWriterOptions) {
    this.put(HEADER);
  }

  /** A number for an object that is written later, so that others can refer to it. */
  reserve(): number {
    return this.offsets.push(0) - 1;
  }

  /** An object that is no stream; `body` is Latin-1. */
  object(id: number, body: string): void {
    this.begin(id);
    this.put(Buffer.from(`${String(id)} 0 obj\n${body}\nendobj\n`, 'latin1'));
  }

  /** A stream of bytes that `filter` (`/FlateDecode`) tells how to read; `entries` are further entries of its dictionary. */
  stream(id: number, entries: string, bytes: Buffer): void {
    this.begin(id);
    const head = `${String(id)} 0 obj\n<<${entries}/Length ${String(bytes.length)}>>\nstream\n`;
    this.put(Buffer.concat([Buffer.from(head, 'latin1'), bytes, Buffer.from('\nendstream\nendobj\n')]));
  }

  /** Writes the table of offsets. Throws for an object that was reserved and never written. */
  finish(root: number, info: number, id: string): void {
    const start = this.position;
    const size = this.offsets.length;
    this.put(Buffer.from(`xref\n0 ${String(size)}\n0000000000 65535 f \n`));
    for (let first = 1; first < size; first += ENTRIES_A_PIECE) {
      this.put(
        Buffer.from(
          this.offsets
            .slice(first, first + ENTRIES_A_PIECE)
            .map(entry)
            .join(''),
        ),
      );
    }
    const refs = `/Root ${String(root)} 0 R/Info ${String(info)} 0 R/ID[<${id}><${id}>]`;
    this.put(
      Buffer.from(
        `trailer\n<</Size ${String(size)}${refs}>>\nstartxref\n${String(start)}\n%%EOF\n`,
        'latin1',
      ),
    );
  }

  private begin(id: number): void {
    if (this.offsets[id] !== 0 || id === 0) throw new Error(`Object ${String(id)} cannot be written.`);
    this.offsets[id] = this.position;
  }

  private put(bytes: Buffer): void {
    const { maxBytes, write } = this.options;
    this.position += bytes.length;
    if (this.position > maxBytes) throw tooLarge(maxBytes);
    write(bytes);
  }
}

function entry(offset: number): string {
  if (offset === 0) throw new Error('An object was never written.');
  return `${String(offset).padStart(10, '0')} 00000 n \n`;
}

function tooLarge(maxBytes: number): SluiceError {
  return new SluiceError(
    'file-too-large',
    `The PDF would have more than ${String(maxBytes)} bytes; export fewer rows or columns, or another format.`,
    { limit: { name: 'pdfBytes', value: maxBytes } },
  );
}
