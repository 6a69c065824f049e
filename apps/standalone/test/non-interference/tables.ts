/** 2024-03-11T07:30Z, the day after New York's clocks went forward, in microseconds since 1970. */
export const NOW = 1_710_142_200_000_000n;

/** In every text cell of the other tenants' rows; it must never be seen. */
export const MARK = 'b1d5c6f0-7a41-4c0e-9a55-poison';

/** What tenants CA and NY hold: ties, NULLs, numbers on both sides of zero. */
export const OWN_ROWS = `
  select i::bigint as id, ['CA', 'CA', 'NY'][1 + i % 3] as tenant_id, case when i % 5 = 0 then null else i - 20 end::bigint as n,
    (i * 1.25)::decimal(38,2) as d, i / 8.0::double as x, case when i % 4 = 0 then null else 'w' || i % 6 end as t,
    timestamp '2024-03-10 00:00:00' + interval (i) hour as "at", date '2024-02-20' + i::int as day, i % 3 = 0 as b,
    i % 7 as place_id, 'mail' || i % 5 || '@own.example' as mail, 'card-' || i as card, 'key' || i % 3 as code, (i % 9)::varchar as ref
  from range(60) r(i)`;

/** What tenant TX holds: rows made to let any operator raise, and marked. */
export const OTHER_ROWS = `
  select 1000 + row_number() over () as id, 'TX' as tenant_id, n::bigint, d::decimal(38,2), x::double, t, "at"::timestamp, day::date, b,
    case when n > 0 then 1003 else n::bigint end as place_id, '${MARK}@' || coalesce(t, '') as mail, '${MARK}' as card, t as code, coalesce(t, '${MARK}') as ref
  from (values
    (9223372036854775807, 999999999999999999999999999999999999.99, 'nan'::double, '${MARK}', timestamp 'infinity', date 'infinity', true),
    (-9223372036854775808, -999999999999999999999999999999999999.99, 'inf'::double, '%\\', timestamp '-infinity', date '-infinity', false),
    (0, 0, 0, '', timestamp '294246-12-31 00:00:00', date '5881579-12-31', null),
    (null, null, '-inf'::double, repeat('=${MARK}', 200), timestamp '0001-01-01 00:00:00', date '0001-01-01', true),
    (1, 1, -0.0::double, '9999-99-99T99:99:99', timestamp '2024-03-10 02:30:00', date '2024-02-29', false),
    (-1, 0.01, 1e308, '12x', null, null, null),
    (1, -0.01, -1e308, '1e400', timestamp '290309-12-22 (BC) 00:00:00', date '5877642-06-25 (BC)', true),
    (63, 38, 5e-324, '2024-03-10T02:30', timestamp '2024-11-03 05:30:00', date '2024-03-10', false),
    (-64, -38, -0.0, '-9223372036854775808.5e0', timestamp '2024-03-10 07:00:00', date '9999-12-31', false),
    (2147483648, 99999999999999999999999999999999999.99, 1e150, repeat('a%\_', 1250), timestamp '294247-01-10 04:00:54', date '0001-01-01', true)) v(n, d, x, t, "at", day, b), range(40) again(i)`;

export const OWN_PLACES = `
  select i::bigint as place_id, ['CA', 'NY'][1 + i % 2] as tenant_id, 'place ' || i as name, 'manager ' || i as manager from range(6) r(i)`;
export const OTHER_PLACES = `
  select i::bigint as place_id, 'TX' as tenant_id, '${MARK}' || i as name, '${MARK}' as manager from range(1000, 1006) r(i)`;

export const ROWS = {
  name: 'rows_of_many',
  tenant: 'tenant_id',
  default: true,
  key: ['id'],
  columns: {
    id: { type: 'integer' },
    tenant_id: { type: 'text' },
    n: { type: 'integer' },
    d: { type: 'decimal(38,2)' },
    x: { type: 'double' },
    t: { type: 'text' },
    at: { type: 'timestamp' },
    day: { type: 'date' },
    b: { type: 'boolean' },
    place_id: { type: 'integer' },
    mail: { type: 'text', class: 'pii' },
    card: { type: 'text', class: 'secret' },
    code: { type: 'text', class: 'joined' },
    ref: { type: 'text' },
  },
  relations: { place: { dataset: 'places', columns: ['place_id'] } },
};

export const PLACES = {
  name: 'places',
  tenant: 'tenant_id',
  key: ['place_id'],
  columns: {
    place_id: { type: 'integer' },
    tenant_id: { type: 'text' },
    name: { type: 'text' },
    manager: { type: 'text', class: 'pii' },
  },
};

export const POLICY = {
  version: 1,
  classes: {
    pii: { viewer: 'mask', exporter: 'partial', admin: 'clear' },
    secret: { viewer: 'deny', exporter: 'null', admin: 'clear' },
    joined: { viewer: 'hash', exporter: 'hash', admin: 'clear' },
  },
  rows: {
    places: { viewer: { column: 'place_id', op: 'lt', value: 5 }, exporter: 'all', admin: 'all' },
  },
  smallestGroup: { viewer: 2, exporter: 1, admin: 1 },
};
