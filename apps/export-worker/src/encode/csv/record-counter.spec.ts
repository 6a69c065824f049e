import fc from 'fast-check';
import { RecordCounter } from './record-counter.js';

/** Reads character by character, as the grammar of RFC 4180 has it. */
function naiveCount(text: string): number {
  let [records, quoted, open] = [0, false, false];
  for (const character of text) {
    if (character === '\n' && !quoted) {
      records += 1;
      open = false;
      continue;
    }
    open = true;
    if (character === '"') quoted = !quoted;
  }
  return records + (open ? 1 : 0);
}

function count(pieces: readonly Buffer[]): RecordCounter {
  const counter = new RecordCounter();
  for (const piece of pieces) counter.push(piece);
  return counter;
}

/** Cuts at any byte, also within a character. */
function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const length of lengths) {
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return [...pieces, bytes.subarray(at)];
}

const lengths = fc.array(fc.nat({ max: 9 }), { maxLength: 40 });
const field = fc.oneof(
  fc.string({ maxLength: 5 }),
  fc.string({ unit: fc.constantFrom('"', '\n', '\r', ',', 'a', 'ä', '日', '\u{1F600}'), maxLength: 8 }),
);
const quote = (value: string): string =>
  /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;

describe('RecordCounter', () => {
  it('counts the records of any table, however its bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 1, maxLength: 4 })), lengths, (rows, cuts) => {
        const text = rows.map((row) => `${row.map(quote).join(',')}\r\n`).join('');
        const counter = count(cut(Buffer.from(text), cuts));
        expect(counter.records).toBe(rows.length);
        expect(counter.balanced).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('agrees with a naive reading of any text', () => {
    const text = fc.string({ unit: fc.constantFrom('"', '\n', '\r', ',', 'a', 'ä'), maxLength: 60 });
    fc.assert(
      fc.property(text, lengths, (csv, cuts) => {
        expect(count(cut(Buffer.from(csv), cuts)).records).toBe(naiveCount(csv));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['', 0],
    ['a', 1],
    ['a\r\n', 1],
    ['a\r\n\r\n', 2],
    ['\n', 1],
    ['"\n"', 1],
    ['"a""\n""b"\nc', 2],
  ])('counts %j as %i', (csv, records) => {
    expect(count([Buffer.from(csv)]).records).toBe(records);
  });

  it('tells an open quote', () => {
    expect(count([Buffer.from('a\n"b')]).balanced).toBe(false);
  });
});
