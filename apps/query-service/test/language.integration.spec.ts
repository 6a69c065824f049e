import { SluiceError } from '@sluice/contracts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunningService, startService } from './running-service.js';

/** The page that users read. What it says is asked of the service, so that it cannot go stale. */
const PAGE = readFileSync(join(__dirname, '../../../docs/query-language.md'), 'utf8');
/** 2024-03-31T10:00:00.5Z, as the page says. */
const NOW = 1_711_879_200_500_000n;
const COLUMNS = {
  orders: {
    id: 'bigint',
    region: 'varchar',
    quantity: 'bigint',
    price: 'decimal(8,2)',
    ratio: 'double',
    paid: 'boolean',
    day: 'date',
    at: 'timestamp',
    customer_id: 'bigint',
  },
  customers: { customer_id: 'bigint', segment: 'varchar' },
} as const;
const TYPES: Readonly<Record<string, string>> = { bigint: 'integer', varchar: 'text' };

type Row = readonly string[];

/** The rows of the first table behind a marker or heading. */
function tableBehind(mark: string): readonly Row[] {
  const [, behind] = PAGE.split(mark);
  if (behind === undefined) throw new Error(`the page has no "${mark}"`);
  const lines = behind.slice(behind.indexOf('|')).split('\n');
  const rows = lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith('|')),
  );
  return rows.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const code = (cell: string | undefined): string => /^`(.*)`$/.exec(cell ?? '')?.[1] ?? '';

/** Two columns of a table: what stands there as code, and what stands beside it. */
const pairsOf = (mark: string): readonly (readonly [string, string])[] =>
  tableBehind(mark)
    .slice(2)
    .map(([left, right = '']) => [code(left), code(right) || right] as const);

function sqlOf(name: keyof typeof COLUMNS): string {
  const types = Object.values(COLUMNS[name]);
  const rows = tableBehind(`<!-- rows of ${name} -->`)
    .slice(2)
    .map((cells) => {
      const values = cells.map((cell, index) => {
        if (cell === '') return 'null';
        const text = cell === 'ε' ? '' : cell.replace(/Z$/, '');
        return `cast('${text}' as ${types[index]})`;
      });
      return `(${values.join(', ')})`;
    });
  return `select * from (values ${rows.join(', ')}) t(${Object.keys(COLUMNS[name])
    .map((column) => `"${column}"`)
    .join(', ')})`;
}

function datasetOf(name: keyof typeof COLUMNS, key: string): object {
  const columns = Object.entries(COLUMNS[name]).map(([column, type]) => [
    column,
    { type: TYPES[type] ?? type },
  ]);
  return { name, shared: true, key: [key], columns: Object.fromEntries(columns) };
}

let service: RunningService;

beforeAll(async () => {
  const relations = { customer: { dataset: 'customers', columns: ['customer_id'] } };
  service = await startService(
    [
      { sql: sqlOf('orders'), dataset: { ...datasetOf('orders', 'id'), default: true, relations } as never },
      { sql: sqlOf('customers'), dataset: datasetOf('customers', 'customer_id') as never },
    ],
    { clock: () => NOW },
  );
});
afterAll(() => service.close());

const ask = (body: object): Promise<string> =>
  service
    .run({ timezone: 'Europe/Berlin', page: { limit: 100 }, ...body })
    .then(({ body: bytes }) => Buffer.concat(bytes).toString());

/** The answer's text, since numbers lose digits in JavaScript. */
async function valueOf(expression: string, filter: object): Promise<string> {
  const text = await ask({ select: [{ expr: expression, as: 'x' }], rows: 'array', ...filter });
  return /"rows":\[\[(.*)\]\],"page"/.exec(text)?.[1] ?? text;
}

const SCALARS = ['### Operators', '### Numbers', '### Texts', '### Dates and times', '### Casts'];

describe('docs/query-language.md', () => {
  it.each(SCALARS.flatMap((heading) => pairsOf(heading)))('%s is %s', async (expression, result) => {
    expect(await valueOf(expression, { filter: { column: 'id', op: 'eq', value: 1 } })).toBe(result);
  });

  it.each(pairsOf('### Aggregates'))('%s of all rows is %s', async (expression, result) => {
    expect(await valueOf(expression, {})).toBe(result);
  });

  it.each(pairsOf('leaves the rows whose `id` stand beside it:'))('%s leaves %s', async (filter, ids) => {
    const { rows } = JSON.parse(await ask({ select: ['id'], filter: JSON.parse(filter) })) as {
      rows: { id: number }[];
    };
    expect(rows.map(({ id }) => id).join(' ')).toBe(ids);
  });

  it.each(pairsOf('## Refusals'))('%s is refused as %s', async (query, refusal) => {
    const asked = ask(JSON.parse(query) as object);
    await expect(asked).rejects.toThrow(SluiceError);
    await expect(asked).rejects.toMatchObject({ code: refusal, details: { pointer: expect.any(String) } });
  });
});
