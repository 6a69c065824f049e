import { MIGRATIONS } from './migrations/index.js';
import { adviceFor, compareSchema, numbersOf } from './schema-state.js';

const known = ['Jobs001_1700000000001', 'Slots002_1700000000002'];

describe('compareSchema', () => {
  it.each<[string, readonly string[], ReturnType<typeof compareSchema>]>([
    ['an empty database', [], { pending: known, unknown: [], incompatible: [] }],
    ['the same version', known, { pending: [], unknown: [], incompatible: [] }],
    [
      'a newer version that only adds',
      [...known, 'List003_1700000000003'],
      { pending: [], unknown: ['List003_1700000000003'], incompatible: [] },
    ],
    [
      'one that takes away what this version does without already',
      [...known, 'DropLists004Needs002_1700000000004'],
      { pending: [], unknown: ['DropLists004Needs002_1700000000004'], incompatible: [] },
    ],
    [
      'one that takes away what this version uses',
      [...known, 'DropSlots004Needs003_1700000000004'],
      {
        pending: [],
        unknown: ['DropSlots004Needs003_1700000000004'],
        incompatible: ['DropSlots004Needs003_1700000000004'],
      },
    ],
  ])('tells of %s', (_, applied, state) => {
    expect(compareSchema(known, applied)).toEqual(state);
  });
});

it('says what is to be done', () => {
  expect(adviceFor({ pending: known, unknown: [], incompatible: [] })).toBe(
    'The database lacks Jobs001_1700000000001, Slots002_1700000000002: run "sluice migrate".',
  );
  const incompatible = ['DropSlots004Needs003_1700000000004'];
  expect(adviceFor({ pending: [], unknown: incompatible, incompatible })).toContain('run a newer version');
});

it('numbers its own migrations one after the other; none needs one that comes after it', () => {
  const numbers = MIGRATIONS.map((migration) => numbersOf(new migration().name));
  expect(numbers.map(({ own }) => own)).toEqual(numbers.map((_, index) => index + 1));
  expect(numbers.filter(({ own, needs }) => needs >= own)).toEqual([]);
});
