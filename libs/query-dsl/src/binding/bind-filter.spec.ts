import { buildCatalog } from '@sluice/catalog';
import { SluiceError } from '@sluice/contracts';
import { readQuery } from '../syntax/read-query.js';
import { bindQuery } from './bind-query.js';
import { BoundExpression } from './bound.js';
import { describe as textOf } from './same-expression.js';

const columns = {
  id: { type: 'integer' },
  at: { type: 'timestamp' },
  fare: { type: 'decimal(8,2)' },
  late: { type: 'boolean' },
  name: { type: 'text' },
};
const content = { name: 'flights', shared: true, key: ['id'], columns };
const catalog = buildCatalog([{ file: 'flights.yaml', content }]);

const bind = (body: object) =>
  bindQuery(readQuery({ dataset: 'flights', timezone: 'Europe/Berlin', ...body }, 'export'), {
    catalog,
    visible: () => true,
    pointer: '',
    now: 0n,
  });
const filterOf = (filter: object): BoundExpression => bind({ filter }).filter as BoundExpression;
const expressionOf = (expr: string): BoundExpression | undefined =>
  bind({ select: [{ expr, as: 'x' }] }).items[0]?.expression;

function refused(filter: object): Pick<SluiceError, 'code' | 'message'> & { pointer: unknown } {
  try {
    filterOf(filter);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return { code: error.code, message: error.message, pointer: error.details.pointer };
  }
  throw new Error('the filter was bound');
}

const late = { column: 'late', op: 'eq', value: true };
const first = { column: 'id', op: 'eq', value: 1 };

describe('bindFilter', () => {
  it.each<readonly [object, string]>([
    [{ column: 'fare', op: 'eq', value: 1.5 }, 'fare = 1.5'],
    [{ column: 'fare', op: 'ne', value: '1.5' }, 'fare <> 1.5'],
    [{ column: 'fare', op: 'lt', value: 1.5 }, 'fare < 1.5'],
    [{ column: 'fare', op: 'lte', value: 1.5 }, 'fare <= 1.5'],
    [{ column: 'fare', op: 'gt', value: 1.5 }, 'fare > 1.5'],
    [{ column: 'fare', op: 'gte', value: 1.5 }, 'fare >= 1.5'],
    [{ column: 'fare * 2', op: 'gte', value: 1.5 }, 'fare * 2 >= 1.5'],
    [{ column: 'at', op: 'gte', value: '2024-03-01T10:00' }, "at >= '2024-03-01T10:00'"],
    [{ column: 'fare', op: 'in', value: [1, 2.5] }, 'fare in (1, 2.5)'],
    [{ column: 'fare', op: 'notIn', value: [1, 2.5] }, 'fare not in (1, 2.5)'],
    [{ column: 'fare', op: 'between', value: [1, 2] }, 'fare >= 1 and fare <= 2'],
    [{ column: 'fare', op: 'notBetween', value: [1, 2] }, 'not (fare >= 1 and fare <= 2)'],
    [{ column: 'name', op: 'like', value: 'a%' }, "name like 'a%'"],
    [{ column: 'name', op: 'notLike', value: 'a%' }, "name not like 'a%'"],
    [{ column: 'name', op: 'startsWith', value: 'a' }, "starts_with(name, 'a')"],
    [{ column: 'name', op: 'contains', value: 'a' }, "contains(name, 'a')"],
    [{ column: 'name', op: 'isNull' }, 'name is null'],
    [{ column: 'name', op: 'isNotNull' }, 'name is not null'],
    [late, 'late = true'],
    [{ and: [late] }, 'late = true'],
    [{ and: [late, first] }, 'late = true and id = 1'],
    [{ or: [late, first] }, 'late = true or id = 1'],
    [{ not: { or: [late, { not: first }] } }, 'not (late = true or not id = 1)'],
  ])('%j says what an expression says', (filter, expression) => {
    expect(textOf(filterOf(filter))).toBe(textOf(expressionOf(expression)!));
  });

  it.each(['ilike', 'endsWith'])('%s has no expression of its own', (op) => {
    const name = { endsWith: 'ends_with' }[op] ?? op;
    expect(filterOf({ column: 'name', op, value: 'a%' })).toMatchObject({
      kind: 'operation',
      name,
      type: { kind: 'boolean' },
      args: [{ name: 'name' }, { value: 'a%' }],
    });
  });

  it('keeps a group of several as one node, so that no depth of the engine is spent', () => {
    expect(filterOf({ or: [late, first, late] })).toMatchObject({ name: 'or', args: { length: 3 } });
  });

  it.each([
    [{ column: 'id', op: 'like', value: 'a' }, '/filter/value', /works on text, but the column is integer/],
    [{ column: 'id', op: 'endsWith', value: 'a' }, '/filter', /works on text, but the column is integer/],
    [{ column: 'name', op: 'like', value: true }, '/filter/value', /"like" takes a text/],
    [{ column: 'late', op: 'eq', value: 1 }, '/filter/value', /of type boolean, such as true/],
    [{ column: 'fare', op: 'between', value: [1, 'x'] }, '/filter/value/1', /decimal\(8,2\), such as 12.50/],
    [{ column: 'fare', op: 'in', value: [1, 'x'] }, '/filter/value/1', /decimal\(8,2\), such as 12.50/],
    [{ not: { and: [late, { ...late, value: 2 }] } }, '/filter/not/and/1/value', /boolean/],
  ])('refuses %j where it is wrong', (filter, pointer, message) => {
    expect(refused(filter)).toEqual({
      code: 'type-mismatch',
      pointer,
      message: expect.stringMatching(message),
    });
  });

  it.each(['a\\', 'a\\\\\\', '\\', 'a\\%\\'])(
    'refuses the pattern %s, which ends inside an escape',
    (value) => {
      expect(refused({ column: 'name', op: 'ilike', value })).toMatchObject({
        code: 'invalid-request',
        pointer: '/filter/value',
      });
    },
  );

  it.each(['', 'a\\\\', '\\a', '\\\\\\\\', 'a\\%'])('takes the pattern %s', (value) => {
    expect(filterOf({ column: 'name', op: 'like', value })).toMatchObject({ args: [{}, { value }] });
  });

  it('keeps a list of local times as one, apart from those that name a zone', () => {
    const local = Array.from({ length: 501 }, () => '2024-03-01');
    const instant = '2024-03-01T10:00:00.000000';
    const localTimes = {
      kind: 'in',
      localTo: 'Europe/Berlin',
      values: local.map((day) => `${day}T00:00:00.000000`),
    };
    expect(filterOf({ column: 'at', op: 'in', value: local })).toMatchObject(localTimes);
    expect(filterOf({ column: 'at', op: 'in', value: [...local, `${instant}Z`] })).toMatchObject({
      name: 'or',
      args: [{ kind: 'in', localTo: null, values: [instant] }, localTimes],
    });
  });
});
