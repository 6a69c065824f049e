import { createHash } from 'node:crypto';
import { buildCatalog } from '@sluice/catalog';
import { bindQuery } from './binding/bind-query.js';
import { literal, operation } from './binding/nodes.js';
import { hash, queryHash, viewHash } from './canonical.js';
import { govern, GovernedQuery, GovernedScan } from './governed-query.js';
import { readQuery } from './syntax/read-query.js';

const columns = { id: { type: 'integer' }, name: { type: 'text' }, far_id: { type: 'integer' } };
const relations = {
  one: { dataset: 'far', columns: ['id'] },
  other: { dataset: 'far', columns: ['far_id'] },
};
const catalog = buildCatalog([
  { file: 'near.yaml', content: { name: 'near', shared: true, key: ['id'], columns, relations } },
  { file: 'nigh.yaml', content: { name: 'nigh', shared: true, key: ['id'], columns, relations } },
  { file: 'far.yaml', content: { name: 'far', shared: true, key: ['id'], columns } },
]);

function plan(body: object, change: Partial<GovernedScan> = {}): GovernedQuery {
  const syntax = readQuery({ dataset: 'near', ...body }, 'page' in body ? 'page' : 'export');
  const { scans, ...query } = bindQuery(syntax, { catalog, visible: () => true, pointer: '', now: 0n });
  const [first, ...rest] = scans.map((scan) => ({
    ...scan,
    predicates: [],
    treatments: new Map(),
    ...change,
  }));
  return govern({ ...query, scans }, [first!, ...rest]);
}

const isName = (name: string) =>
  operation('eq', [
    { kind: 'column', scan: 0, name: 'name', type: { kind: 'text' }, pointer: '/x' },
    literal({ kind: 'text' }, name),
  ]);

describe('the hash of a query', () => {
  const filter = { column: 'id', op: 'gt', value: 5 };
  const body = { select: ['name', 'one.name as o'], sort: ['name'], filter };

  it.each([
    { page: { limit: 1 } },
    { page: { limit: 9, offset: 3 } },
    { rows: 'array' },
    { numbers: 'string' },
    { count: 'none' },
    { select: ['name', { expr: ' one . name ', as: 'o' }] },
    { filter: { and: [{ column: ' id ', op: 'gt', value: '5' }] } },
  ])('does not change with page, form or spelling: %j', (same) => {
    expect(queryHash(plan({ ...body, ...same }))).toBe(queryHash(plan(body)));
  });

  it('differs with everything that can change an answer', () => {
    const changes = [
      {},
      { dataset: 'nigh' },
      { select: ['name', 'other.name as o'] },
      { select: ['name', 'one.name as p'] },
      { select: ['one.name as o', 'name'] },
      { select: ['name', 'one.far_id as o'] },
      { sort: ['name desc'] },
      { sort: ['one.name'] },
      { sort: [] },
      { filter: undefined },
      { filter: { ...filter, value: 6 } },
      { filter: { ...filter, op: 'gte' } },
      { filter: { not: filter } },
      { distinct: true },
      { select: ['name', 'one.name as o', 'count(*) as n'] },
      { having: { column: 'count(*)', op: 'gt', value: 1 } },
      { having: { column: 'count(*)', op: 'gt', value: 2 } },
      { timezone: 'Europe/Berlin' },
    ];
    const hashes = changes.map((change) => {
      const changed = Object.entries({ ...body, ...change }).filter(([, value]) => value !== undefined);
      return queryHash(plan(Object.fromEntries(changed)));
    });
    expect(new Set(hashes).size).toBe(changes.length);
  });
});

describe('the hash of a view', () => {
  it('differs with rows, treatments and data, not with the order that treatments come in', () => {
    const treatments = new Map([['name', 'mask'] as const, ['id', 'clear'] as const]);
    const view = (change: Partial<GovernedScan>, version = 'v1') => viewHash(plan({}, change), version);
    const views = [
      view({}),
      view({}, 'v2'),
      view({ treatments }),
      view({ treatments: new Map([['name', 'null'] as const, ['id', 'clear'] as const]) }),
      view({ treatments: new Map([['name', 'mask'] as const]) }),
      view({ predicates: [isName('A')] }),
      view({ predicates: [isName('B')] }),
      view({ predicates: [isName('A'), isName('B')] }),
    ];
    expect(new Set(views).size).toBe(views.length);
    expect(view({ treatments: new Map([...treatments].reverse()) })).toBe(view({ treatments }));
  });
});

describe('hash', () => {
  it('is SHA-256 in hex over texts that cannot run into each other', () => {
    expect(hash(['a', ['b']])).toBe(createHash('sha256').update('["a",["b"]]').digest('hex'));
    expect(hash(['ab', 'c'])).not.toBe(hash(['a', 'bc']));
    expect(hash([['a'], 'b'])).not.toBe(hash(['a', ['b']]));
  });
});
