import { RunningService, ServiceOptions, startService } from './running-service.js';

/** 60 orders of three tenants; TX holds what would make a careless query raise. */
const ORDERS = `
  select i::bigint as id,
    ['CA', 'TX', 'NY'][1 + i % 3] as tenant_id,
    case when i % 4 = 0 then null else i % 5 end::bigint as score,
    case when i % 3 = 1 then 'not a number' when i % 7 = 0 then null else (i % 6)::varchar end as code,
    (i * 12345678901.25)::decimal(20,2) as amount,
    timestamp '2024-03-10 09:59:59' + interval (i) minute as at,
    date '2024-02-28' + i::int as day,
    i / 7.0::double as ratio,
    i % 2 = 0 as even,
    9007199254740993 + i as big,
    i % 10 as customer_id
  from range(60) t(i)`;
export const CUSTOMERS = `
  select i::bigint as customer_id, t as tenant_id, 'Person "' || i || '"' as name
  from range(10) a(i), (values ('CA'), ('TX'), ('NY')) b(t)`;

/** A service over these two tables; everybody is of tenant CA unless a test says otherwise. */
export function startOrdersService(options: ServiceOptions = {}): Promise<RunningService> {
  return startService(tables, options);
}

const tables = [
  {
    sql: ORDERS,
    dataset: {
      name: 'orders',
      tenant: 'tenant_id',
      default: true,
      key: ['id'],
      columns: {
        id: { type: 'integer' },
        tenant_id: { type: 'text' },
        score: { type: 'integer' },
        code: { type: 'text' },
        amount: { type: 'decimal(20,2)' },
        at: { type: 'timestamp' },
        day: { type: 'date' },
        ratio: { type: 'double' },
        even: { type: 'boolean' },
        big: { type: 'integer' },
        customer_id: { type: 'integer' },
      },
      relations: { customer: { dataset: 'customers', columns: ['customer_id', 'tenant_id'] } },
    } as never,
  },
  {
    sql: CUSTOMERS,
    dataset: {
      name: 'customers',
      tenant: 'tenant_id',
      key: ['customer_id', 'tenant_id'],
      columns: {
        customer_id: { type: 'integer' },
        tenant_id: { type: 'text' },
        name: { type: 'text', class: 'pii' },
      },
    } as never,
  },
  {
    sql: null,
    dataset: { name: 'future', shared: true, key: ['id'], columns: { id: { type: 'integer' } } } as never,
  },
];
