import fc from 'fast-check';
import { Readable, Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ArrayOfLines } from './array-of-lines.js';
import { CountedLines } from './counted-lines.js';

async function through<T extends ArrayOfLines | CountedLines>(
  lines: string,
  cuts: readonly number[],
  counting: T,
): Promise<string> {
  const bytes = Buffer.from(lines);
  const ends = [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
  const sink: Transform = counting;
  const pieces = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
  return (await buffer(Readable.from(pieces, { objectMode: false }).pipe(sink))).toString();
}

const row = fc.oneof(
  fc.dictionary(fc.string({ maxLength: 4 }), fc.oneof(fc.string(), fc.integer(), fc.constant(null))),
  fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 4 }),
);
const cuts = fc.array(fc.nat({ max: 120 }), { maxLength: 12 });

describe('ArrayOfLines', () => {
  it('makes an array of any rows, a line each, however their bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 8 }), cuts, async (rows, at) => {
        const array = new ArrayOfLines();
        const text = await through(rows.map((value) => `${JSON.stringify(value)},\n`).join(''), at, array);
        expect(text).toBe(
          rows.length ? `[\n${rows.map((value) => JSON.stringify(value)).join(',\n')}\n]\n` : '[]\n',
        );
        expect(array.rows).toBe(rows.length);
        expect([array.isWhole(rows.length), array.isWhole(rows.length + 1)]).toEqual([true, false]);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['{"a":1}', '{"a":1},\n{"a"', '{"a":1}\n', ','])('takes %j for no whole file', async (lines) => {
    const array = new ArrayOfLines();
    await through(lines, [1], array);
    expect([0, 1, 2].some((rows) => array.isWhole(rows))).toBe(false);
  });
});

describe('CountedLines', () => {
  it('lets rows pass as they are, and knows a line that was cut', async () => {
    const [whole, cut] = [new CountedLines(), new CountedLines()];
    expect(await through('{"a":1}\n{"a":2}\n', [3, 9], whole)).toBe('{"a":1}\n{"a":2}\n');
    expect([whole.rows, whole.isWhole(2), whole.isWhole(3)]).toEqual([2, true, false]);
    await through('{"a":1}\n{"a"', [3], cut);
    expect([cut.isWhole(1), cut.isWhole(2)]).toEqual([false, false]);
  });
});
