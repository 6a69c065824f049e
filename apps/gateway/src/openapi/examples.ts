/** Requests that run on the demo data, and answers as they come. The documents below and the tests share them. */
export const QUERY_EXAMPLE = {
  dataset: 'flights',
  select: ['origin', 'avg(delay_minutes) as average_delay', 'count(*) as flights'],
  filter: {
    and: [
      { column: 'distance_miles', op: 'gte', value: 500 },
      { not: { column: 'destination_airport.state', op: 'in', value: ['CA', 'NV'] } },
    ],
  },
  sort: ['average_delay desc'],
  page: { limit: 100 },
};

export const ROWS_EXAMPLE = {
  dataset: 'flights',
  select: ['flight_id', 'departed_at', 'origin', 'destination', 'delay_minutes'],
  sort: [{ column: 'departed_at', direction: 'desc' }],
  page: { limit: 2 },
  timezone: 'America/Los_Angeles',
};

export const QUERY_ANSWER_EXAMPLE = {
  columns: [
    { name: 'origin', type: 'text', masked: false },
    { name: 'average_delay', type: 'double', masked: false },
    { name: 'flights', type: 'integer', masked: false },
  ],
  rows: [{ origin: 'SFO', average_delay: 9.25, flights: 4127 }],
  page: { limit: 100, returned: 1, hasMore: false, next: null },
  meta: {
    totalRows: 1,
    totalIsExact: true,
    executionMs: 12,
    etag: '"5mP2pQ0c"',
    cached: false,
    queryId: '7d0f4ff5-0c1c-4c39-9b4c-2f6f2d3a9a10',
    dataVersion: '20261123T120000Z-3f9a',
  },
};

export const EXPLANATION_EXAMPLE = {
  dataset: 'orders',
  tables: [
    {
      dataset: 'orders',
      path: '',
      columns: ['order_id', 'tenant_id'],
      rowFilters: [{ column: 'tenant_id', op: 'eq', value: 'CA' }],
    },
    {
      dataset: 'customers',
      path: 'customer',
      columns: ['email'],
      rowFilters: [{ column: 'tenant_id', op: 'eq', value: 'CA' }],
    },
  ],
  columns: [
    { name: 'order_id', type: 'integer', masked: false, treatment: 'clear', dataClass: null },
    { name: 'customer.email', type: 'text', masked: true, treatment: 'mask', dataClass: 'pii' },
  ],
  groupedBy: null,
  order: [{ expression: 'order_id', direction: 'asc' }],
  estimatedRows: 250_000,
  cached: false,
  wouldRefuse: null,
  policyVersion: '9f2c…',
  dataVersion: '41d0…',
};

export const EXPORT_EXAMPLE = {
  queryDefinition: {
    dataset: 'orders',
    select: ['order_id', 'ordered_at', 'region', 'quantity * unit_price as revenue'],
    filter: { column: 'status', op: 'eq', value: 'shipped' },
  },
  format: 'csv',
  options: { csv: { delimiter: ';', bom: true } },
};

export const JOB_EXAMPLE = {
  jobId: '0190b3c4-1111-7222-8333-444455556666',
  state: 'Pending',
  format: 'csv',
  compression: null,
  progress: { percent: 0, rowsDone: 0, rowsExpected: null },
  attempt: 0,
  queuePosition: 1,
  createdAt: '2026-11-23T12:00:00.000Z',
  startedAt: null,
  finishedAt: null,
  error: null,
  result: null,
  expired: false,
};

export const DATASETS_EXAMPLE = {
  datasets: [
    { name: 'flights', description: 'Flights by the state of their origin airport.', default: true },
  ],
};

export const PROBLEM_EXAMPLE = {
  type: 'urn:sluice:error:page-required',
  title: 'A page limit is required',
  status: 400,
  detail: 'A page limit is required: {"page": {"limit": n}} with n from 1 to 5000.',
  instance: '/api/v1/query',
  code: 'page-required',
  requestId: '7d0f4ff5-0c1c-4c39-9b4c-2f6f2d3a9a10',
  pointer: '/page',
  limit: { name: 'pageLimit', value: 5000 },
};
