import { assertReadingStatement } from './statement-gate.js';

const ROWS = '"flights"."main"."rows"';

it.each([
  `select "a" from ${ROWS} where ("tenant" = $1)`,
  `select string_agg(line, ',' order by n) filter (where n <= $4), max(k0) from (select row_number() over (order by k0) as n from (select 1 as k0) p) r`,
  `with q as (select 1 as a) select a from q left join ${ROWS} s1 on q.a = s1.j0`,
  `select ("a" like $1 escape '\\') and '; -- read_text(' = "it's; read_text(" from ${ROWS}`,
  `select try_cast("a" as decimal(12,2)), case when (1 = any($2)) then '＝' else '''' end from ${ROWS}`,
  `select "a" is distinct from "b" from ${ROWS}`,
])('lets %s pass', (sql) => {
  expect(() => {
    assertReadingStatement(sql);
  }).not.toThrow();
});

it.each([
  ['another kind of statement', 'detach flights', 'does not begin'],
  ['a second statement', 'select 1; select 2', 'holds ;'],
  ['a comment', 'select 1 -- x', 'holds a comment'],
  ['a text between dollars', `select $$it's$$`, 'holds $ without'],
  ['an escape string', `select e'\\' || read_text(x) || '`, 'calls read_text'],
  ['an escape string without a backslash', `select e'a'`, 'right before a quote'],
  ['a control character', `select "a\x02"`, 'control character'],
  ['a name of a table without its file', 'select * from "main"."rows"', 'something else'],
  ['a foreign letter', 'select ſ', 'foreign letter'],
  ['letters that look like others', 'select ſum(1)', 'calls um'],
  ['a table function', `select * from read_text('/etc/passwd')`, 'calls read_text'],
  ['a spaced call', `select * from READ_TEXT ('/etc/passwd')`, 'calls read_text'],
  ['a call by a quoted name', `select * from "read_text"('/etc/passwd')`, 'quoted name'],
  ['a call after a dot', `select 'a'.printf()`, 'calls printf'],
  ['dynamic SQL', `select * from query('select 1')`, 'calls query'],
  ['a file as a table', `select * from '/etc/passwd'`, 'something else'],
  ['a file as a quoted table', `select * from "/etc/passwd"`, 'something else'],
  ['a table that is no data', `select * from ${ROWS.replace('rows', 'secrets')}`, 'something else'],
  ['a view of the engine', 'select * from duckdb_settings', 'catalogue of the engine'],
  ['a quoted view of the engine', `select * from (select 1) a, "duckdb_logs"`, 'reads "duckdb_logs"'],
  ['a summary', `select * from (summarize ${ROWS})`, 'does more than read'],
  ['a loop over a list', 'select [x for x in [1, 2]]', 'does more than read'],
  ['an open text', `select 'a`, 'open text'],
])('refuses %s', (_, sql, why) => {
  expect(() => {
    assertReadingStatement(sql);
  }).toThrow(why);
});
