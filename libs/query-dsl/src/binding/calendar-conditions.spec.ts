import { DATE, TIMESTAMP } from '@sluice/catalog';
import { SluiceError } from '@sluice/contracts';
import { BoundExpression, ColumnUse, walk } from './bound.js';
import { clockAt } from './clock.js';
import { bindDuring } from './during.js';
import { Frame } from './frame.js';
import { bindInLast } from './in-last.js';

const DAY: ColumnUse = { kind: 'column', scan: 0, name: 'day', type: DATE, pointer: '' };
const AT: ColumnUse = { kind: 'column', scan: 0, name: 'at', type: TIMESTAMP, pointer: '' };
const places = { value: { pointer: '/filter/value' }, condition: { pointer: '/filter' } };
/** 2024-03-31T22:30:00.9Z: already April in Berlin, still a Sunday in UTC. */
const NOW = 1_711_924_200_900_000n;

/** What `during` and `inLast` use of a frame. */
const frameIn = (timezone: string): Frame =>
  ({ timezone, clock: clockAt(NOW, timezone) }) satisfies Omit<Frame, 'scope'> as Frame;

const leaves = (expression: BoundExpression) =>
  [...walk(expression)].flatMap((node) => (node.kind === 'literal' ? [node] : []));
const valuesOf = (expression: BoundExpression) => leaves(expression).map(({ value }) => value);
const comparisons = (expression: BoundExpression) =>
  expression.kind === 'operation' ? expression.args.map((arg) => arg.kind === 'operation' && arg.name) : [];

function refused(bind: () => unknown): SluiceError {
  try {
    bind();
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error('it was bound');
}

describe('the clock of a query', () => {
  it('is cut to the second, and has the day of the zone', () => {
    const { asOf, now, today } = clockAt(NOW, 'Europe/Berlin');
    expect(asOf).toBe(1_711_924_200_000_000n);
    expect(now).toMatchObject({ value: '2024-03-31T22:30:00.000000', clock: 'now()' });
    expect(today).toBe(clockAt(NOW, 'UTC').today + 1);
    expect(clockAt(-1n, 'UTC').today).toBe(-1);
  });
});

describe('during', () => {
  it.each([
    ['today', '2024-03-31', '2024-04-01'],
    ['yesterday', '2024-03-30', '2024-03-31'],
    ['tomorrow', '2024-04-01', '2024-04-02'],
    ['this week', '2024-03-25', '2024-04-01'],
    ['last week', '2024-03-18', '2024-03-25'],
    ['next week', '2024-04-01', '2024-04-08'],
    ['This  Month ', '2024-03-01', '2024-04-01'],
    ['last month', '2024-02-01', '2024-03-01'],
    ['next month', '2024-04-01', '2024-05-01'],
    ['this quarter', '2024-01-01', '2024-04-01'],
    ['last quarter', '2023-10-01', '2024-01-01'],
    ['next quarter', '2024-04-01', '2024-07-01'],
    ['this year', '2024-01-01', '2025-01-01'],
    ['last year', '2023-01-01', '2024-01-01'],
    ['next year', '2025-01-01', '2026-01-01'],
    ['2024', '2024-01-01', '2025-01-01'],
    ['2023-Q4', '2023-10-01', '2024-01-01'],
    ['2024-q1', '2024-01-01', '2024-04-01'],
    ['2024-02', '2024-02-01', '2024-03-01'],
    ['2024-12', '2024-12-01', '2025-01-01'],
    ['2020-W53', '2020-12-28', '2021-01-04'],
    ['2024-w01', '2024-01-01', '2024-01-08'],
    ['2024-02-29', '2024-02-29', '2024-03-01'],
    ['9999-12-30', '9999-12-30', '9999-12-31'],
  ])('%s is from %s to before %s', (text, start, end) => {
    const bound = bindDuring(DAY, text, places, frameIn('UTC'));
    expect(valuesOf(bound)).toEqual([start, end]);
    expect(comparisons(bound)).toEqual(['gte', 'lt']);
  });

  it.each([
    '',
    '24',
    '2024-',
    '2024-0',
    '2024-00',
    '2024-13',
    '2024-3',
    '2024-Q0',
    '2024-Q5',
    '2024-W0',
    '2024-W00',
    '2024-W53',
    '2024-W1',
    '2023-02-29',
    '9999',
    '9999-12-31',
    '2024-Q',
    'week',
    'this day',
    '2024-03-05T10:00',
  ])('refuses "%s"', (text) => {
    const error = refused(() => bindDuring(DAY, text, places, frameIn('UTC')));
    expect({ code: error.code, pointer: error.details.pointer }).toEqual({
      code: 'invalid-request',
      pointer: '/filter/value',
    });
  });

  it('names what hangs on the clock, and only that', () => {
    const names = (text: string) =>
      leaves(bindDuring(DAY, text, places, frameIn('UTC'))).map(({ clock }) => clock);
    expect(names('last  month')).toEqual(['start of last month', 'end of last month']);
    expect(names('2024-03')).toEqual([undefined, undefined]);
  });

  it('takes the local midnights on timestamps, and the day of the zone', () => {
    const berlin = bindDuring(AT, 'today', places, frameIn('Europe/Berlin'));
    expect(valuesOf(berlin)).toEqual(['2024-04-01', 'Europe/Berlin', '2024-04-02', 'Europe/Berlin']);
    expect(
      [...walk(berlin)].filter((node) => node.kind === 'operation' && node.name === 'local-to-instant'),
    ).toHaveLength(2);
    expect(valuesOf(bindDuring(AT, 'today', places, frameIn('UTC')))).toEqual(['2024-03-31', '2024-04-01']);
  });
});

describe('inLast', () => {
  const start = (text: string, column = DAY) => valuesOf(bindInLast(column, text, places, frameIn('UTC')));

  it.each([
    ['1d', '2024-03-30'],
    ['7 days', '2024-03-24'],
    ['2w', '2024-03-17'],
    ['1 WEEK', '2024-03-24'],
    ['1 month', '2024-02-29'],
    ['3mo', '2023-12-31'],
    ['13 mos', '2023-02-28'],
    ['1q', '2023-12-31'],
    ['2 quarters', '2023-09-30'],
    ['1y', '2023-03-31'],
    ['1000 years', '1024-03-31'],
  ])('%s on a date is after %s, up to today', (text, after) => {
    const bound = bindInLast(DAY, text, places, frameIn('UTC'));
    expect(valuesOf(bound)).toEqual([after, '2024-03-31']);
    expect(comparisons(bound)).toEqual(['gt', 'lte']);
    expect(leaves(bound).every(({ clock }) => clock?.startsWith('today()'))).toBe(true);
  });

  it.each([
    ['30s', 'add-seconds', -30n, 1n],
    ['45 sec', 'add-seconds', -45n, 1n],
    ['90 min', 'add-seconds', -90n, 60n],
    ['36h', 'add-seconds', -36n, 3_600n],
    ['7d', 'add-days', -7n, 1n],
    ['2 weeks', 'add-days', -2n, 7n],
    ['3 months', 'add-months', -3n, 1n],
    ['1q', 'add-months', -1n, 3n],
    ['2 years', 'add-months', -2n, 12n],
  ])('%s on a timestamp is reckoned from now', (text, name, count, factor) => {
    const bound = bindInLast(AT, text, places, frameIn('UTC'));
    expect(comparisons(bound)).toEqual(['gt', 'lte']);
    const now = '2024-03-31T22:30:00.000000';
    expect(valuesOf(bound)).toEqual([now, count, factor, now]);
    expect([...walk(bound)].some((node) => node.kind === 'operation' && node.name === name)).toBe(true);
  });

  it.each([
    ['5m', '5min'],
    ['0d', undefined],
    ['d', undefined],
    ['7', undefined],
    ['-7d', undefined],
    ['1.5 days', undefined],
    ['7  days', undefined],
    ['7 dys', '7 days'],
    ['7 hours', undefined],
  ])('refuses %s on a date', (text, suggestion) => {
    const error = refused(() => start(text));
    expect(error.code).toBe('invalid-request');
    expect(error.details).toEqual({ pointer: '/filter/value', ...(suggestion && { suggestion }) });
  });

  it('reaches back 1,000 years and no further', () => {
    expect(refused(() => start('1001y')).details.limit).toEqual({ name: 'lastYears', value: 1_000 });
    expect(refused(() => start('365001d')).details.limit).toEqual({ name: 'lastYears', value: 1_000 });
    expect(refused(() => start('999999999999s', AT)).code).toBe('limit-exceeded');
    expect(start('365000d')).toHaveLength(2);
  });
});
