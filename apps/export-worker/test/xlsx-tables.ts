const COLUMNS =
  'id, txt, big, cast(exact as decimal(38,3)) as exact, cast(dbl as double) as dbl, "day", "at", ok';
const NASTY = `select ${COLUMNS} from (values
  (1, '', '9223372036854775807'::bigint, '12345678901234567890123456789012345.678', '0.1', date '2024-02-29', timestamp '2024-03-31 01:30:00', true),
  (2, E'a "b" & <c>\\r\\nd\\te', '-9223372036854775808'::bigint, '-1.5', 'nan', date '1899-12-31', timestamp '2024-10-27 00:30:00.25', false),
  (3, null, null, null, null, null, null, null),
  (4, '=1+1', 999999999999999, '999999999999999.123', 'inf', date '1900-03-01', timestamp '1850-01-01 12:00:00', true),
  (5, '_x0041' || chr(1) || '_x0042_ _X0041_', 1000000000000000, '1234.5', '-inf', date '9999-12-31', timestamp 'infinity', true),
  (6, '  😀 שלום ' || chr(65535), 0, '100', '1.7976931348623157e308', date '0044-03-15', timestamp '1900-03-01', true),
  (7, '&amp; ]]> &#10;' || repeat('😀', 16384), 1, '0', '1e-7', date 'infinity', timestamp '9999-12-31 23:00:00', false)
) v(id, txt, big, exact, dbl, "day", "at", ok)`;
export const wide = Array.from({ length: 40 }, (_, index) => `i + ${index} as w${index}`);
/** Tables by name, as the SQL that makes them. */
export const TABLES: Readonly<Record<string, string>> = {
  nasty: NASTY,
  long: `select i as id, 'x' as t from range(1048577) r(i)`,
  wide: `select i as id, ${wide.join(', ')} from range(3) r(i)`,
};
