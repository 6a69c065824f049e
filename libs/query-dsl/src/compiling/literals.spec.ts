import { buildCatalog } from '@sluice/catalog';
import { SluiceError } from '@sluice/contracts';
import fc from 'fast-check';
import { request } from '../../test/twin-requests.js';
import { bindQuery } from '../binding/bind-query.js';
import { govern, GovernedQuery } from '../governed-query.js';
import { readQuery } from '../syntax/read-query.js';
import { compilePage } from './compile-page.js';
import { duckDbDialect } from './duckdb-dialect.js';

/**
 * Values are never in the SQL: two requests of one shape, all of whose literals differ, have the same text. A generator makes the
 * two beside each other. Of the same type, that is: the digits of a number in an expression decide its type, and the type is part of the shape.
 */
const catalog = buildCatalog([
  {
    file: 'a',
    content: {
      name: 'rows',
      default: true,
      shared: true,
      key: ['id'],
      columns: {
        id: { type: 'integer' },
        d: { type: 'decimal(12,2)' },
        x: { type: 'double' },
        t: { type: 'text' },
        at: { type: 'timestamp' },
        day: { type: 'date' },
        b: { type: 'boolean' },
      },
    },
  },
]);

interface Asked {
  readonly body: object;
  readonly now: bigint;
  readonly position: readonly string[] | null;
}

/** The SQL, or the code of the refusal. */
function textOf({ body, now, position }: Asked): string {
  try {
    const query = bindQuery(readQuery(body, 'page'), { catalog, visible: () => true, pointer: '', now });
    const treatments = new Map(
      [...query.scans[0].dataset.columns.keys()].map((name) => [name, 'clear' as const]),
    );
    const scans = query.scans.map((scan) => ({ ...scan, predicates: [], treatments }));
    return compilePage(govern(query, scans as unknown as GovernedQuery['scans']), position, duckDbDialect)
      .sql;
  } catch (error) {
    if (error instanceof SluiceError) return error.code;
    throw error;
  }
}

it('changes no SQL when only literals change', () => {
  let compiled = 0;
  fc.assert(
    fc.property(request, (twins) => {
      const [one, other] = twins.map(textOf);
      expect(other).toBe(one);
      if (one?.startsWith('select')) compiled += 1;
    }),
    { numRuns: 2_000 },
  );
  // A generator whose requests are refused would show nothing.
  expect(compiled).toBeGreaterThan(1_000);
});
