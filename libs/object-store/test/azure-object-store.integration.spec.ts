import { Readable } from 'node:stream';
import { Azurite } from './azurite.js';
import { describeObjectStore } from './describe-object-store.js';
import { describeRemoteFaults } from './describe-remote-faults.js';

let azurite: Azurite;

beforeAll(async () => {
  azurite = await Azurite.start();
});
afterEach(() => {
  azurite.proxy.reset();
});
afterAll(() => azurite.stop());

describeObjectStore('AzureObjectStore', async () => ({
  store: azurite.store(),
  leftovers: () => azurite.halfMade(),
}));

describeRemoteFaults('AzureObjectStore', {
  open: (limits) => azurite.store({ limits }),
  proxy: () => azurite.proxy,
  leftovers: () => azurite.halfMade(),
  unhandled: () => azurite.leftovers.splice(0),
  calls: {
    part: ({ method, query }) => method === 'PUT' && query.get('comp') === 'block',
    publish: ({ method, query, headers }) =>
      method === 'PUT' && query.get('comp') === 'blocklist' && 'x-ms-meta-sluice_stage' in headers,
    discard: ({ method, query, headers }) =>
      method === 'PUT' && query.get('comp') === 'blocklist' && !('x-ms-meta-sluice_stage' in headers),
    read: ({ method, query }) => method === 'GET' && query.get('comp') !== 'list',
    look: ({ method }) => method === 'HEAD',
    list: ({ method, query }) => method === 'GET' && query.get('comp') === 'list',
    delete: ({ method }) => method === 'DELETE',
  },
});

it('takes an empty blob without the mark of a whole file for none', async () => {
  const store = azurite.store();
  const key = 'CA/half-dropped/1/a.csv';
  await azurite.container().getBlockBlobClient(key).commitBlockList([]);
  const file = { disposition: 'attachment', contentType: 'text/csv' };
  await expect(store.read(key)).rejects.toMatchObject({ code: 'export-not-found' });
  await expect(store.link(key, file)).rejects.toMatchObject({ code: 'export-not-found' });
  expect((await store.list('CA/half-dropped', null)).objects).toEqual([]);
  expect(await store.removeStaged(0)).toBe(1);
  expect(await azurite.halfMade()).toEqual([]);
});

it('gives out links that end after 60 seconds at most', async () => {
  const store = azurite.store();
  const key = 'CA/linked/1/a.csv';
  await (await store.stage(key, Readable.from([Buffer.from('a')]), new AbortController().signal)).publish();
  const link = await store.link(key, { disposition: 'attachment', contentType: 'text/csv' });
  const left = Date.parse(link.searchParams.get('se')!) - Date.now();
  expect(left).toBeGreaterThan(50_000);
  expect(left).toBeLessThanOrEqual(60_000);
  link.searchParams.set('se', new Date(Date.now() + 3_600_000).toISOString());
  expect((await fetch(link)).status).toBe(403);
});
