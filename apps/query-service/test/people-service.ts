import { RunningService, startService } from './running-service.js';

/** How the two sides of a comparison differ: in what is masked, and in nothing else. */
export interface Hidden {
  /** Put before each name and pin, and added to each wage. */
  readonly mark: string;
  readonly shift: number;
}

/**
 * 40 people of CA and poison of TX. Of `name` the last four characters are the same on all sides, since `partial` shows them; `code` is the
 * same everywhere, since its hash may be seen.
 */
const people = ({ mark, shift }: Hidden): string => `
  select i::bigint as id, 'CA' as tenant_id, ['West', 'East', 'North'][1 + i % 3] as region,
    '${mark}' || (i * 7919) % 97 || '-' || lpad(i::varchar, 4, '0') as name,
    case when (i + ${shift}) % 4 = 0 then null else date '1950-01-01' + (i * 97 + ${shift})::int end as born,
    (i * 13 + ${shift})::decimal(9,2) as wage, '${mark}' || i % 5 as pin, 'code ' || i % 7 as code,
    timestamp '2024-01-01' + interval (i) hour as seen
  from range(40) r(i)
  union all select 1000 + i, 'TX', 'West', 'foreign-canary-' || i, null, 1, 'foreign-canary', 'foreign-canary', null
  from range(5) r(i)`;

export const PEOPLE_RULES = {
  version: 1,
  classes: {
    pii: { viewer: 'mask', exporter: 'partial', admin: 'clear' },
    money: { viewer: 'null', exporter: 'mask', admin: 'clear' },
    token: { viewer: 'hash', exporter: 'hash', admin: 'clear' },
    secret: { viewer: 'deny', exporter: 'deny', admin: 'mask' },
  },
};

export function startPeopleService(hidden: Hidden, rules: object = PEOPLE_RULES): Promise<RunningService> {
  const columns = {
    id: { type: 'integer' },
    tenant_id: { type: 'text' },
    region: { type: 'text' },
    name: { type: 'text', class: 'pii' },
    born: { type: 'date', class: 'money' },
    wage: { type: 'decimal(9,2)', class: 'money' },
    pin: { type: 'text', class: 'secret' },
    code: { type: 'text', class: 'token' },
    seen: { type: 'timestamp' },
  };
  const relations = { self: { dataset: 'people', columns: ['id'] } };
  const dataset = { name: 'people', tenant: 'tenant_id', default: true, key: ['id'], columns, relations };
  return startService([{ sql: people(hidden), dataset }], { policy: rules });
}
