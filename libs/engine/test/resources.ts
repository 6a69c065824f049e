/**
 * How a costly statement ends on a locked instance of 256 MB:
 *
 * - `bounded`: by itself within its limit, by running out of the memory it may have, or by its interrupt within a second or two;
 * - `refused`: at once, with an error of this kind;
 * - `deaf`: it goes on past its interrupt; `deadly`: it ends the process. The gate must keep both from the engine.
 */
export type Ending =
  { readonly kind: 'bounded' | 'deaf' | 'deadly' } | { readonly kind: 'refused'; readonly by: RegExp };

export interface ResourceCase {
  readonly name: string;
  readonly sql: string;
  readonly ending: Ending;
}

const ROWS = '"flights"."main"."rows"';
/** 5,000,000 rows of three columns, without a table function's own limits. */
const BIG = `(select a.id * 1000 + b.id as id, 'text ' || (b.id % 97) as t, a.id * b.id as n from ${ROWS} a, ${ROWS} b, range(5) r)`;
const times = (count: number, part: string, between = '') => Array<string>(count).fill(part).join(between);
const nested = (count: number, before: string, core: string, after: string) =>
  `${before.repeat(count)}${core}${after.repeat(count)}`;

const cases = (ending: Ending, named: Readonly<Record<string, string>>): readonly ResourceCase[] =>
  Object.entries(named).map(([name, sql]) => ({ name, sql, ending }));

export const RESOURCE_CASES: readonly ResourceCase[] = [
  ...cases(
    { kind: 'bounded' },
    {
      'count a huge range': 'select count(*) from range(1000000000000) r(i) where i % 7 = 3',
      'sum a huge range': 'select sum(i) from range(1000000000000) r(i)',
      'average of a huge range': 'select avg(sqrt(i)) from range(1000000000000) r(i)',
      'generate a huge series': 'select max(i) from generate_series(1, 1000000000000) r(i)',
      'cross join of three': `select count(*) from ${ROWS} a, ${ROWS} b, ${ROWS} c where a.id + b.id + c.id = 17`,
      'cross join of five': `select max(a.id + b.id + c.id + d.id + e.id) from ${ROWS} a, ${ROWS} b, ${ROWS} c, ${ROWS} d, ${ROWS} e`,
      'cross join with text': `select max(a.tenant || b.tenant || c.tenant || d.tenant) from ${ROWS} a, ${ROWS} b, ${ROWS} c, ${ROWS} d`,
      'cross join of big ones': `select count(*) from ${BIG} a, ${BIG} b where a.n < b.n`,
      'endless recursion':
        'with recursive r as (select 1 as i union all select i + 1 from r) select count(*) from r',
      'endless recursion without duplicates':
        'with recursive r as (select 1 as i union select i + 1 from r) select max(i) from r',
      'doubling recursion':
        'with recursive r as (select 1 as i union all (select i from r union all select i from r)) select count(*) from r',
      'recursion over a join': `with recursive r as (select id from ${ROWS} union all select r.id + x.id from r, ${ROWS} x) select count(*) from r`,
      sort: `select max(n) from (select n from ${BIG} order by t, n desc, id limit 4000000 offset 10)`,
      'sort of wide rows': `select max(w) from (select t || t || t || id as w, n from ${BIG} order by w, n limit 3000000 offset 1)`,
      'top of a sort': `select * from ${BIG} order by n desc, t, id limit 10`,
      'deep page': `select * from ${BIG} order by n desc, t limit 10 offset 4900000`,
      'hash join': `select count(*) from ${BIG} a join ${BIG} b on a.id = b.id`,
      'hash join with many matches': `select count(*) from ${BIG} a join ${BIG} b on a.t = b.t`,
      'left join': `select sum(b.n) from ${BIG} a left join ${BIG} b on a.n = b.n`,
      'inequality join': `select count(*) from ${BIG} a join ${BIG} b on a.n < b.n and a.id > b.id`,
      'asof join': `select count(*) from ${BIG} a asof join ${BIG} b on a.t = b.t and a.n >= b.n`,
      'semi join': `select count(*) from ${BIG} a where a.n in (select n from ${BIG})`,
      'anti join': `select count(*) from ${BIG} a where not exists (select 1 from ${BIG} b where b.n = a.n + 1)`,
      'correlated subquery': `select max((select count(*) from ${BIG} b where b.n < a.n)) from ${BIG} a`,
      'window over all': `select max(s) from (select sum(n) over (order by n, id) s from ${BIG})`,
      'window by text': `select max(r) from (select row_number() over (partition by t order by n) r from ${BIG})`,
      'moving window': `select max(m) from (select median(n) over (order by id rows between 5000 preceding and 5000 following) m from ${BIG})`,
      mode: `select mode(id) from ${BIG}`,
      median: `select median(n), quantile_cont(n, 0.9) from ${BIG}`,
      'group by all': `select count(*) from (select id, n, t, count(*) from ${BIG} group by 1, 2, 3)`,
      'count distinct': `select count(distinct n), count(distinct id), count(distinct t || n) from ${BIG}`,
      'distinct rows': `select count(*) from (select distinct * from ${BIG})`,
      'grouping sets': `select count(*) from (select t, n % 10, id % 10, count(*) from ${BIG} group by cube (1, 2, 3))`,
      'join of text': `select length(string_agg(t || id, ',')) from ${BIG}`,
      'ordered join of text': `select length(string_agg(t || id, ',' order by n)) from ${BIG}`,
      'list of all': `select len(list(t || id)) from ${BIG}`,
      histogram: `select cardinality(histogram(id)) from ${BIG}`,
      'regular expression': `select count(*) from ${BIG} where regexp_matches(t || id, '(t|e|x)+(a|b|c)*[0-9]+$')`,
      'regular expression with nested repetition': `select count(*) from ${BIG} where regexp_matches(t || id, '^(([a-z ])+.)+[A-Z]([a-z])+$')`,
      'regular expression that replaces': `select max(regexp_replace(t || id, '(.)(.)', '\\2\\1', 'g')) from ${BIG}`,
      'like with many wildcards': `select count(*) from ${BIG} where t || id like '%1%2%3%4%5%6%7%8%9%0%'`,
      'like over a long text': `select count(*) from ${BIG} where (t || t || t || t || t || t) like '%t%t%t%t%t%t%x'`,
      'levenshtein of short texts': `select max(levenshtein(t, t || id)) from ${BIG}`,
      hashes: `select max(md5(t || id)), max(sha256(t || n)) from ${BIG}`,
      casts: `select count(try_cast(t as bigint)), count(try_cast(id as varchar)) from ${BIG}`,
      '990 conditions in a chain of or': `select count(*) from ${BIG} where ${times(990, 'n = 7', ' or ')}`,
      '5,000 conditions in a chain of or': `select count(*) from ${ROWS} where ${times(5_000, 'id = 7', ' or ')}`,
      '2,000 conditions in a chain of and': `select count(*) from ${ROWS} where ${times(2_000, 'id <> 7', ' and ')}`,
      '10,000 values in a list': `select count(*) from ${BIG} where n in (${Array.from({ length: 10_000 }, (_, i) => i).join()})`,
      '1,000 parts of a union': times(1_000, `select id from ${ROWS}`, ' union all '),
      '1,000 columns': `select ${Array.from({ length: 1_000 }, (_, i) => `id + ${i} as c${i}`).join()} from ${ROWS}`,
      'pivot of many values': `pivot (select id % 5000 as k, t from ${BIG}) on k using count(*)`,
      unnest: `select count(*) from (select unnest(range(100000)) from ${ROWS})`,
      'a row for each letter': `select count(*) from (select unnest(string_split(t || id, '')) from ${BIG})`,
      '5,000 brackets': `select ${nested(5_000, '(', '1', ')')}`,
      '5,000 minus signs': `select ${nested(5_000, '- ', '1', '')}`,
      'random order': `select max(id) from (select id from ${BIG} order by random() limit 4000000 offset 1)`,
    },
  ),
  ...cases(
    { kind: 'refused', by: /^Parser Error: .*(?:expression depth|memory exhausted|Max|stack)/is },
    {
      '100,000 brackets': `select ${nested(100_000, '(', '1', ')')}`,
      '100,000 times not': `select ${nested(100_000, 'not ', 'true', '')}`,
      '5,000 nested cases': `select ${nested(5_000, 'case when true then ', '1', ' end')}`,
      '2,000 nested selects': `select * from ${nested(2_000, '(select * from ', '(select 1)', ')')}`,
      '5,000 nested calls': `select ${nested(5_000, 'abs(', '1', ')')}`,
      '5,000 nested lists': `select ${nested(5_000, '[', '1', ']')}`,
    },
  ),
  ...cases(
    { kind: 'refused', by: /^(?:Out of Memory Error|Out of Range Error|Invalid Input Error|Binder Error)/ },
    {
      'a regular expression with counted repetition': `select regexp_matches(tenant, '((a{0,1000}){0,1000}){0,1000}') from ${ROWS}`,
      'a text of 8 GB': `select length(repeat(tenant, 4000000000)) from ${ROWS}`,
      'a text of 2 GB by printf': `select length(printf('%2000000000d', id)) from ${ROWS}`,
    },
  ),
  ...cases(
    { kind: 'deaf' },
    {
      'a text of 2 GB by lpad': `select length(lpad(tenant, 2000000000, 'x')) from ${ROWS}`,
      'distance of long texts': `select levenshtein(repeat(tenant, 40000), repeat('b', 160000)) from ${ROWS} limit 1`,
      'a long list for each of a list': `select len(list_transform(range(20000), lambda x: list_sum(list_transform(range(60000), lambda y: x * y + id)))) from ${ROWS} where id < 1`,
    },
  ),
  ...cases(
    { kind: 'deadly' },
    {
      'deep JSON taken apart': `select json_structure(repeat('[', 100000) || repeat(']', 100000)) from ${ROWS}`,
      'deep JSON merged': `select json_merge_patch(repeat('{"a":', 100000) || '1' || repeat('}', 100000), repeat('{"a":', 100000) || '1' || repeat('}', 100000)) from ${ROWS}`,
    },
  ),
];
