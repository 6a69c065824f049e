import fc from 'fast-check';

/** Two requests of one shape, all of whose literals are drawn anew. */

type Pair<T> = readonly [T, T];
type Twin = fc.Arbitrary<Pair<string>>;

const twice = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Pair<T>> => fc.tuple(value, value);
const same = (...texts: readonly string[]): Twin =>
  fc.constantFrom(...texts).map((text) => [text, text] as const);
/** `#0` and so on stand for the parts. */
const form = (template: string, ...parts: readonly Twin[]): Twin =>
  fc.tuple(...parts).map((pairs) => {
    const fill = (side: 0 | 1): string =>
      template.replace(/#(\d)/g, (_, index) => pairs[Number(index)]?.[side] ?? '');
    return [fill(0), fill(1)] as const;
  });

const digits = (value: fc.Arbitrary<number>): Twin => twice(value.map(String));
const whole = digits(fc.nat({ max: 1_000_000 }));
const cents = twice(fc.integer({ min: 100, max: 999 }).map((value) => (value / 100).toFixed(2)));
const double = twice(
  fc.tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: -9, max: 9 })).map(([a, e]) => `${a}e${e}`),
);
const quoted = twice(
  fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => `'${text.replaceAll("'", "''")}'`),
);
const days = fc.integer({ min: 0, max: 20_000 });
const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
const date = twice(days.map(dateOf));
const local = twice(
  fc
    .tuple(days, fc.nat({ max: 23 }))
    .map(([day, hour]) => `${dateOf(day)}T${String(hour).padStart(2, '0')}:30`),
);
const unit = same('year', 'month', 'day', 'hour');
const list = (item: Twin): Twin =>
  twice(fc.array(item, { minLength: 1, maxLength: 6 })).map(
    ([a, b]) => [a.map(([x]) => x).join(', '), b.map(([, x]) => x).join(', ')] as const,
  );

const grammar = fc.letrec<Record<'num' | 'text' | 'time' | 'bool', Pair<string>>>((tie) => {
  const [num, text, time, bool] = [tie('num'), tie('text'), tie('time'), tie('bool')];
  const size = { depthSize: 'small' } as const;
  return {
    num: fc.oneof(
      size,
      same('id', 'd', 'x'),
      whole,
      cents,
      double,
      form('(#0 #2 #1)', num, num, same('+', '-', '*', '/', '%')),
      form('#1(#0)', num, same('abs', 'round', 'sqrt', 'ln', 'exp', 'sign')),
      form('round(#0, #1)', num, whole),
      form('#2(#0, #1)', num, num, same('power', 'mod', 'coalesce', 'least')),
      form('length(#0)', text),
      form("date_diff('#0', #1, #2)", unit, time, time),
      form("date_part('#0', #1)", unit, time),
      form('cast(#0 as decimal(9,3))', fc.oneof(num, text)),
      form('case when #0 then #1 else #2 end', bool, num, num),
    ),
    text: fc.oneof(
      size,
      same('t'),
      quoted,
      form('concat(#0, #1)', text, text),
      form('substring(#0, #1, #2)', text, whole, whole),
      form(
        "replace(#0, '#1', '#2')",
        same('t'),
        digits(fc.integer({ min: 10, max: 99 })),
        digits(fc.nat({ max: 99 })),
      ),
      form('cast(#0 as text)', fc.oneof(num, time)),
    ),
    time: fc.oneof(
      size,
      same('at', 'day', 'now()', 'today()'),
      form("date_trunc('#0', #1)", unit, time),
      form("date_add('#0', #1, #2)", same('month', 'day'), whole, time),
      form("coalesce(at, '#0')", local),
      form("coalesce(day, '#0')", date),
      form('cast(#0 as timestamp)', fc.oneof(text, time)),
    ),
    bool: fc.oneof(
      size,
      same('b'),
      form('(#0 #2 #1)', same('id'), whole, same('=', '<>', '<', '>=')),
      form('(#0 #2 #1)', same('d'), cents, same('=', '<>', '<', '>=')),
      form('(t #1 #0)', quoted, same('=', '<')),
      form("(at #1 '#0')", local, same('<', '>=')),
      form('(id in (#0))', list(whole)),
      form('(t in (#0))', list(quoted)),
      form('(at in (#0))', list(form("'#0'", local))),
      form('(id between #0 and #1)', whole, whole),
      form("(t like '#0%')", whole),
      form('(#0 #2 #1)', bool, bool, same('and', 'or')),
      form('(not #0)', bool),
      form('(#0 is null)', fc.oneof(num, text, time)),
    ),
  };
});
const any = fc.oneof(grammar.num, grammar.text, grammar.time, grammar.bool);
const aggregate = fc.oneof(
  form('sum(#0)', grammar.num),
  form('quantile(#0, 0.#1)', grammar.num, digits(fc.integer({ min: 10, max: 99 }))),
  form('#1(#0)', any, same('min', 'count', 'first')),
);

type Json = Readonly<Record<string, unknown>>;
const condition = (
  column: string,
  ops: readonly string[],
  value: fc.Arbitrary<Pair<unknown>>,
): fc.Arbitrary<Pair<Json>> =>
  fc.tuple(fc.constantFrom(...ops), value).map(
    ([op, [a, b]]) =>
      [
        { column, op, value: a },
        { column, op, value: b },
      ] as const,
  );
const number = twice(fc.integer({ min: -1_000_000, max: 1_000_000 }));
const span = (...units: readonly string[]) =>
  twice(
    fc
      .tuple(fc.integer({ min: 1, max: 500 }), fc.constantFrom(...units))
      .map(([count, name]) => `${count} ${name}`),
  );
const stretch = twice(
  fc.constantFrom(
    'today',
    'last month',
    'this week',
    'next year',
    '2024',
    '2024-Q2',
    '2023-02',
    '2024-W09',
    '2021-05-06',
  ),
);
const texts = twice(fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\\', '/')));
const leaf = fc.oneof(
  condition('id', ['eq', 'ne', 'lt', 'gte'], number),
  condition(
    'd',
    ['eq', 'lte'],
    twice(fc.integer({ min: 0, max: 99_999 }).map((value) => String(value / 100))),
  ),
  condition('id', ['in', 'notIn'], twice(fc.array(fc.integer(), { minLength: 1, maxLength: 20 }))),
  condition('id', ['between'], twice(fc.tuple(fc.integer(), fc.integer()))),
  condition('t', ['eq', 'like', 'notLike', 'ilike', 'startsWith', 'endsWith', 'contains'], texts),
  condition('at', ['lt', 'gte'], local),
  condition(
    'at',
    ['in'],
    twice(
      fc.array(
        local.map(([value]) => value),
        { minLength: 1, maxLength: 5 },
      ),
    ),
  ),
  condition('day', ['eq', 'gt'], date),
  condition('at', ['inLast'], span('s', 'min', 'h')),
  condition('at', ['inLast'], span('d', 'weeks')),
  condition('at', ['inLast'], span('mo', 'quarters', 'y')),
  condition('day', ['inLast'], span('d', 'weeks', 'mo', 'y')),
  condition('at', ['during'], stretch),
  condition('day', ['during'], stretch),
);
const filter = fc.oneof(
  leaf,
  fc
    .tuple(fc.constantFrom('and', 'or'), fc.array(leaf, { minLength: 1, maxLength: 3 }))
    .map(
      ([kind, parts]) => [{ [kind]: parts.map(([a]) => a) }, { [kind]: parts.map(([, b]) => b) }] as const,
    ),
);

/** UTC is a shape of its own, since it needs no zone in the SQL. */
const zone = fc.oneof(
  fc.constant(['UTC', 'UTC'] as const),
  twice(fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kolkata')),
);
export const request = fc
  .record({
    items: fc.tuple(any, fc.oneof(any, aggregate)),
    filter,
    zone,
    limit: twice(fc.integer({ min: 1, max: 5_000 })),
    offset: fc.oneof(fc.constant([0, 0] as const), twice(fc.integer({ min: 1, max: 100_000 }))),
    now: twice(fc.bigInt({ min: 0n, max: 2_000_000_000_000_000n })),
    position: twice(fc.array(fc.string(), { minLength: 4, maxLength: 4 })),
    isWalk: fc.boolean(),
  })
  .map(({ items, ...parts }) =>
    ([0, 1] as const).map((side) => ({
      body: {
        select: items.map((pair, index) => ({ expr: pair[side], as: `c${index}` })),
        sort: ['c0'],
        filter: parts.filter[side],
        timezone: parts.zone[side],
        page: { limit: parts.limit[side], offset: parts.offset[side] },
      },
      now: parts.now[side],
      position: parts.isWalk ? parts.position[side] : null,
    })),
  );
