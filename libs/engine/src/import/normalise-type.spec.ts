import { formatColumnType } from '@sluice/catalog';
import { normaliseType } from './normalise-type.js';

it.each([
  ['UTINYINT', 'integer', '"c"::bigint'],
  ['UHUGEINT', 'decimal(38,0)', '"c"::decimal(38,0)'],
  ['FLOAT', 'double', '"c"::double'],
  ['DECIMAL(12,2)', 'decimal(12,2)', '"c"'],
  ['TIMESTAMP_S', 'timestamp', '"c"::timestamp'],
  ['TIMESTAMP WITH TIME ZONE', 'timestamp', `timezone('UTC', "c")`],
  ['JSON', 'text', '"c"::varchar'],
  [`ENUM('a[]', 'b[]')`, 'text', '"c"::varchar'],
  ['INTEGER[]', 'text', 'to_json("c")::varchar'],
  ['DOUBLE[3]', 'text', 'to_json("c")::varchar'],
  ['STRUCT(a INTEGER)', 'text', 'to_json("c")::varchar'],
  ['MAP(VARCHAR, DATE)', 'text', 'to_json("c")::varchar'],
  ['BLOB', 'text', '"c"::varchar'],
])('takes %s as %s', (engineType, type, expression) => {
  const normalised = normaliseType(engineType, '"c"');
  expect(formatColumnType(normalised.type)).toBe(type);
  expect(normalised.expression).toBe(expression);
});
