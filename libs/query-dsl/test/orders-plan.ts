import { buildCatalog } from '@sluice/catalog';
import { bindQuery } from '../src/binding/bind-query.js';
import { literal, operation } from '../src/binding/nodes.js';
import { govern, GovernedQuery, Treatment } from '../src/governed-query.js';
import { Statement } from '../src/statement.js';
import { Purpose, readQuery } from '../src/syntax/read-query.js';

const TEXT = { kind: 'text' } as const;

const catalog = buildCatalog([
  {
    file: 'orders.yaml',
    content: {
      name: 'orders',
      default: true,
      tenant: 'tenant_id',
      key: ['order_id'],
      columns: {
        order_id: { type: 'integer' },
        ordered_at: { type: 'timestamp' },
        customer_id: { type: 'integer' },
        region: { type: 'text' },
        price: { type: 'decimal(12,2)' },
        tenant_id: { type: 'text' },
      },
      relations: { customer: { dataset: 'customers', columns: ['customer_id'] } },
    },
  },
  {
    file: 'customers.yaml',
    content: {
      name: 'customers',
      tenant: 'tenant_id',
      key: ['customer_id'],
      columns: { customer_id: { type: 'integer' }, email: { type: 'text' }, tenant_id: { type: 'text' } },
    },
  },
]);

/** A plan for tenant CA, to whom `email` is treated as told. */
export function plan(
  body: object,
  purpose: Purpose = 'page',
  email: Treatment = 'mask',
  now = 0n,
): GovernedQuery {
  const query = bindQuery(readQuery(body, purpose), { catalog, visible: () => true, pointer: '', now });
  const scans = query.scans.map((scan, index) => ({
    ...scan,
    treatments: new Map(
      [...scan.dataset.columns.keys()].map((name) => [name, name === 'email' ? email : ('clear' as const)]),
    ),
    predicates: [
      operation('eq', [
        { kind: 'column', scan: index, name: 'tenant_id', type: TEXT, pointer: '' },
        literal(TEXT, 'CA'),
      ]),
    ],
  }));
  return govern(query, scans as unknown as GovernedQuery['scans']);
}

export const page = { limit: 2 };
export const values = ({ parameters }: Statement): readonly unknown[] => parameters.map(({ value }) => value);
