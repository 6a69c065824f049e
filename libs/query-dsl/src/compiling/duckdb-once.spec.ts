import { duckDbDialect as duckdb } from './duckdb-dialect.js';
import { once } from './duckdb-once.js';
import { DOUBLE, TEXT, TIMESTAMP, decimalType } from '@sluice/catalog';

describe('SQL that says its arguments once', () => {
  it.each(['$12', 's0.v3', 'c0', '"tenant_id"'])('repeats the plain name %s', (name) => {
    expect(once([name], ([x]) => `f(${x}, ${x})`)).toBe(`f(${name}, ${name})`);
  });

  it('hands anything else to a lambda', () => {
    expect(once(['a + b'], ([x]) => `f(${x}, ${x})`)).toBe(
      'list_transform([a + b], lambda "·": f("·", "·"))[1]',
    );
    expect(once(['a', 'f(b)'], ([x, y]) => `${x}/${y}/${y}`)).toBe(
      'list_transform([struct_pack(x0 := a, x1 := f(b))], lambda "·": "·".x0/"·".x1/"·".x1)[1]',
    );
  });

  /** Each operation whose template repeats an argument, applied to the outcome of the one before. */
  const nested: Readonly<Record<string, (inner: string) => string>> = {
    power: (inner) =>
      duckdb.operation('power', [inner, inner === 'a' ? 'b' : '$2'], DOUBLE, [DOUBLE, DOUBLE]),
    'local-to-instant': (inner) =>
      duckdb.operation('local-to-instant', [inner, '$1'], TIMESTAMP, [TIMESTAMP, TEXT]),
    'trunc-elapsed': (inner) =>
      duckdb.operation('trunc-elapsed', ['$1', inner, '$2'], TIMESTAMP, [TEXT, TIMESTAMP, TEXT]),
    'cast to text': (inner) => duckdb.operation('cast', [inner, '$1'], TEXT, [TIMESTAMP, TEXT]),
    'cast to timestamp': (inner) => duckdb.operation('cast', [inner, '$1'], TIMESTAMP, [TEXT, TEXT]),
    'cast to decimal': (inner) => duckdb.operation('cast', [inner], decimalType(12, 2), [TEXT]),
  };

  it.each(Object.entries(nested))('grows by the same with each level: %s', (_, apply) => {
    const lengths: number[] = [];
    let sql = 'a';
    for (let level = 0; level < 6; level++) {
      sql = apply(sql);
      lengths.push(sql.length);
    }
    const [second = 0, third = 0, ...rest] = lengths.slice(1);
    const step = third - second;
    expect(rest).toEqual(rest.map((_length, index) => third + step * (index + 1)));
  });
});
