import { draw, pick, pickWeighted } from './sql-text.js';

const FIRST_NAMES =
  'Ada Alan Amara Anna Ben Carla Chen Daniel Diego Elena Emre Fatima Grace Hana Igor Ines Jonas Julia Kofi Lea Luis Maya Mei Nadia Noah Olga Omar Paula Priya Rosa Sam Sofia Tariq Uma Victor Wei Yara Zoe'.split(
    ' ',
  );
const LAST_NAMES =
  'Adams Baker Becker Brown Castillo Diaz Evans Fischer Garcia Haddad Ito Jensen Johnson Kim Kowalski Lopez Martin Meyer Miller Nguyen Novak Okafor Olsen Patel Perez Quinn Rossi Schmidt Silva Singh Smith Suzuki Taylor Torres Vargas Weber White Wilson Yilmaz Young'.split(
    ' ',
  );

/** Names that break whatever is careless: quotes, delimiters, line breaks, other scripts and directions, and what a spreadsheet would run. */
const AWKWARD_NAMES = [
  `Miles O'Brien "Chief", Jr.`,
  'Line\nBreak',
  'Carriage\r\nReturn; Semicolon',
  'Tab\tStop',
  '=1+1',
  '@SUM(A1:A9)',
  '+1 Plus',
  '-2+3 Minus',
  'محمد علي',
  'דוד כהן',
  '李小龍',
  'Zoë Łukasz Ångström',
  'Smile 😀 👩‍👩‍👧',
  ' Space Around ',
  'Back\\slash %_ 100%',
  '<b>Bold</b> & Co',
  'NULL',
];

const SEGMENTS = { consumer: 62, business: 24, education: 9, government: 5 };

/** Customers numbered from 1, each in a state drawn with the weights of the flights. */
export function customersSql(count: number): string {
  const of = (purpose: string) => draw('customer_id', purpose);
  const first = pick(FIRST_NAMES, of('first name'));
  const last = pick(LAST_NAMES, of('last name'));
  return `
    with numbered as (
      select i as customer_id from range(1, ${count + 1}) numbers(i)
    ),
    weights as (
      select tenant_id, count(*) as flights from "flights"."main"."rows" group by tenant_id
    ),
    starts as (
      select tenant_id, sum(flights) over (order by tenant_id) - flights as start from weights
    ),
    placed as (
      select customer_id, ${of('tenant')} * (select sum(flights) from weights) as place from numbered
    ),
    named as (
      select *, ${first} as first_name, ${last} as last_name
      from placed asof join starts on placed.place >= starts.start
    )
    select
      customer_id,
      case
        when ${of('name')} < 0.005 then null
        when ${of('name')} < 0.02 then ${pick(AWKWARD_NAMES, of('awkward name'))}
        else first_name || ' ' || last_name
      end as name,
      case
        when ${of('email')} < 0.03 then null
        else lower(first_name || '.' || last_name) || customer_id || '@example.com'
      end as email,
      case
        when ${of('phone')} < 0.05 then null
        else format('+1-{}-555-01{:02d}', 200 + floor(${of('area')} * 700)::integer, floor(${of('line')} * 100)::integer)
      end as phone,
      case
        when ${of('birth')} < 0.04 then null
        else date '1940-01-01' + floor(${of('birth date')} * 25000)::integer
      end as birth_date,
      ${pickWeighted(SEGMENTS, of('segment'))} as segment,
      tenant_id
    from named`;
}
