import { DEFAULT_CSV_OPTIONS } from '@sluice/contracts';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { csvBytes, CsvFile } from './csv-bytes.js';
import { CsvRow, CsvType, CsvValue } from './csv-table.js';

const MIB = 1 << 20;
const columns = [
  { name: 'id', type: { kind: 'integer' } },
  { name: '=note', type: { kind: 'text' } },
  { name: 'at', type: { kind: 'timestamp' } },
] as const;
const file: CsvFile = { columns, csv: DEFAULT_CSV_OPTIONS, timezone: 'America/New_York' };

async function textOf(rows: Iterable<CsvRow>, changed: Partial<CsvFile> = {}): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of csvBytes(rows, { ...file, ...changed })) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** What is still in use once the collector has been everywhere: it does not depend on when it would have come. */
function bytesInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe('CSV of typed rows', () => {
  it('tells NULL from nothing, defuses formulas, quotes what it must, and writes times in the zone', async () => {
    const rows: CsvRow[] = [
      [-1n, '=1+1', 0n],
      [2, '', 1_500_000n],
      [null, null, null],
      [4n, 'a "b", c\n', Infinity],
    ];
    expect(await textOf(rows)).toBe(
      `id,'=note,at\r\n-1,'=1+1,1969-12-31T19:00:00-05:00\r\n2,"",1969-12-31T19:00:01.500000-05:00\r\n,,\r\n4,"a ""b"", c\n",\r\n`,
    );
  });

  it('obeys the options', async () => {
    const csv = { delimiter: ';', bom: true, nullText: 'n.a.', rawText: true };
    expect(
      await textOf(
        [
          [1n, '=1', null],
          [2n, 'n.a.', 0n],
          [3n, 'nxax', 0n],
        ],
        { csv, timezone: 'UTC' },
      ),
    ).toBe(
      '\uFEFFid;=note;at\r\n1;=1;n.a.\r\n2;"n.a.";1970-01-01T00:00:00Z\r\n3;nxax;1970-01-01T00:00:00Z\r\n',
    );
  });

  it('has a header where there is no row', async () => {
    expect(await textOf([])).toBe(`id,'=note,at\r\n`);
  });

  it.each<[CsvType, CsvValue]>([
    [{ kind: 'integer' }, 1.5],
    [{ kind: 'integer' }, 2 ** 53],
    [{ kind: 'text' }, 1n],
    [{ kind: 'decimal', scale: 2 }, 1.5],
    [{ kind: 'double' }, '1'],
    [{ kind: 'boolean' }, 1],
    [{ kind: 'date' }, 0.5],
    [{ kind: 'date' }, NaN],
    [{ kind: 'timestamp' }, 0],
  ])('refuses for a column of type %j the value %p, and names the column', async (type, value) => {
    await expect(textOf([[value]], { columns: [{ name: 'cost', type }] })).rejects.toThrow(
      `The column "cost" is of type ${type.kind}`,
    );
  });

  it('refuses a row of another length, and a zone that is none', async () => {
    await expect(textOf([[1n]])).rejects.toThrow('A row has 1 values; the file has 3 columns.');
    await expect(textOf([], { timezone: 'Moon/Base' })).rejects.toThrow(RangeError);
  });

  it('takes rows only as fast as they are read', async () => {
    let taken = 0;
    function* source(): Generator<CsvRow> {
      for (;;) yield [BigInt(taken++), 'x'.repeat(100), null];
    }
    const pieces = csvBytes(source(), file);
    for (let read = 1; read <= 5; read++) {
      await pieces.next();
      expect(taken).toBeLessThan(read * 1_000);
    }
    await pieces.return();
  });

  it('holds no more of many rows than of few', async () => {
    const held: number[] = [];
    function* source(): Generator<CsvRow> {
      for (let id = 0n; id < 100_000n; id++) {
        if (id === 2_000n || id === 99_999n) held.push(bytesInUse());
        yield [id, `${String(id)} says "${'x'.repeat(1_000)}"`, id];
      }
    }
    for await (const piece of csvBytes(source(), file)) expect(piece.length).toBeGreaterThan(0);
    const [few = 0, many = Infinity] = held;
    // All of the rows between have 100 MB.
    expect(many - few).toBeLessThan(16 * MIB);
  });
});
