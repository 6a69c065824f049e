import { buildCatalog } from '@sluice/catalog';
import { SluiceError } from '@sluice/contracts';
import { bindQuery } from '../src/binding/bind-query.js';
import { BoundQuery } from '../src/binding/bound.js';
import { readQuery } from '../src/syntax/read-query.js';

export const catalog = buildCatalog([
  {
    file: 'a',
    content: {
      name: 'flights',
      tenant: 'tenant_id',
      key: ['id'],
      columns: {
        id: { type: 'integer' },
        departed_at: { type: 'timestamp' },
        day: { type: 'date' },
        fare: { type: 'decimal(8,2)' },
        ratio: { type: 'double' },
        late: { type: 'boolean' },
        origin: { type: 'text' },
        secret: { type: 'text' },
        tenant_id: { type: 'text' },
      },
      relations: { origin_airport: { dataset: 'airports', columns: ['origin'] } },
    },
  },
  {
    file: 'b',
    content: {
      name: 'airports',
      shared: true,
      key: ['iata'],
      columns: { iata: { type: 'text' }, city: { type: 'text' } },
    },
  },
]);

/** 2024-03-31T10:00:00.5Z, the day on which Berlin's clocks go forward. */
export const NOW = 1_711_879_200_500_000n;

/** Binds a query of flights for somebody to whom `secret` is denied. */
export function bind(body: object): BoundQuery {
  const query = readQuery({ dataset: 'flights', page: { limit: 1 }, ...body }, 'page');
  return bindQuery(query, { catalog, visible: (_, { name }) => name !== 'secret', pointer: '', now: NOW });
}

/** The refusal of a query. */
export function refused(body: object): SluiceError {
  try {
    bind(body);
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error('the query was bound');
}
