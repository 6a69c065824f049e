import { numberedDraws, pick, pickWeighted } from './sql-text.js';

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

const DRAWS =
  'd_tenant d_first d_last d_name d_awkward d_email d_phone d_area d_line d_born d_birth d_segment'.split(
    ' ',
  );

/** Customers numbered from 1, each in a state drawn with the weights of the flights. */
export function customersSql(count: number): string {
  return `
    with weights as (
      select tenant_id, count(*) as flights from "flights"."main"."rows" group by tenant_id
    ),
    starts as (
      select tenant_id, sum(flights) over (order by tenant_id) - flights as start from weights
    ),
    drawn as (
      select *, d_tenant * (select sum(flights) from weights) as place,
        ${pick(FIRST_NAMES, 'd_first')} as first_name, ${pick(LAST_NAMES, 'd_last')} as last_name
      from (${numberedDraws('customers', count, DRAWS)})
    )
    select
      i as customer_id,
      case
        when d_name < 0.005 then null
        when d_name < 0.02 then ${pick(AWKWARD_NAMES, 'd_awkward')}
        else first_name || ' ' || last_name
      end as name,
      case when d_email >= 0.03 then lower(first_name || '.' || last_name) || i || '@example.com' end as email,
      case
        when d_phone >= 0.05
        then format('+1-{}-555-01{:02d}', 200 + floor(d_area * 700)::integer, floor(d_line * 100)::integer)
      end as phone,
      case when d_born >= 0.04 then date '1940-01-01' + floor(d_birth * 25000)::integer end as birth_date,
      ${pickWeighted(SEGMENTS, 'd_segment')} as segment,
      tenant_id
    from drawn asof join starts on drawn.place >= starts.start`;
}
