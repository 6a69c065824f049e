import { Readable } from 'node:stream';
import { S3Encryption, StagedObject } from '../src/index.js';
import { describeObjectStore } from './describe-object-store.js';
import { describeRemoteFaults } from './describe-remote-faults.js';
import { S3Emulator } from './s3-emulator.js';

let s3: S3Emulator;

beforeAll(async () => {
  s3 = await S3Emulator.start();
});
afterEach(() => {
  s3.proxy.reset();
});
afterAll(() => s3.stop());

describeObjectStore('S3ObjectStore', async () => ({
  store: s3.store(),
  leftovers: async () => [...s3.openUploads.keys()],
  hasBegun: () => s3.openUploads.size > 0,
}));

describeRemoteFaults('S3ObjectStore', {
  open: (limits) => s3.store({ limits }),
  proxy: () => s3.proxy,
  leftovers: async () => [...s3.openUploads.keys()],
  unhandled: () => s3.leftovers.splice(0),
  calls: {
    begin: ({ method, query }) => method === 'POST' && query.has('uploads'),
    part: ({ method, query }) => method === 'PUT' && query.has('partNumber'),
    publish: ({ method, query }) => method === 'POST' && query.has('uploadId'),
    discard: ({ method, query }) => method === 'DELETE' && query.has('uploadId'),
    read: ({ method, query }) => method === 'GET' && !query.has('list-type'),
    look: ({ method }) => method === 'HEAD',
    list: ({ method, query }) => method === 'GET' && query.has('list-type'),
    delete: ({ method, query }) => method === 'DELETE' && !query.has('uploadId'),
  },
});

it('asks S3 to encrypt, and to write only where nothing is', async () => {
  const staged = await stageText('CA/encrypted/1/a.csv');
  await staged.publish();
  const begin = s3.proxy.calls.find(({ query }) => query.has('uploads'));
  expect(begin?.headers['x-amz-server-side-encryption']).toBe('AES256');
  const end = s3.proxy.calls.find(({ method, query }) => method === 'POST' && query.has('uploadId'));
  expect(end?.headers['if-none-match']).toBe('*');
});

it('asks for the key of the key service that is set', async () => {
  await (await stageText('CA/encrypted/2/a.csv', { kind: 'kms', keyId: 'our-key' })).discard();
  await (await stageText('CA/encrypted/3/a.csv', { kind: 'bucket' })).discard();
  const begins = s3.proxy.calls.filter(({ query }) => query.has('uploads'));
  expect(begins.map(({ headers }) => headers['x-amz-server-side-encryption'])).toEqual([
    'aws:kms',
    undefined,
  ]);
  expect(begins[0]?.headers['x-amz-server-side-encryption-aws-kms-key-id']).toBe('our-key');
});

function stageText(key: string, encryption?: S3Encryption): Promise<StagedObject> {
  const store = s3.store(encryption === undefined ? {} : { encryption });
  return store.stage(key, Readable.from([Buffer.from('a')]), new AbortController().signal);
}
