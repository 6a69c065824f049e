import { createHash, randomBytes } from 'node:crypto';
import { verifyWorld } from './verify/verify-world.js';
import { ServiceName, World } from './world.js';

const [first, second] = [randomBytes(32), randomBytes(32)];
const [A, B] = [first.toString('base64'), second.toString('base64')];
/** Which keys the services are given, the newest first; before them there is only the one made of the secret. Back and forth. */
const STAGES: readonly string[] = [A, `${A},${B}`, `${B},${A}`, `${A},${B}`, `${B},${A}`];
/** Whoever opens what others have sealed, and whoever seals. */
const SEALERS: readonly ServiceName[] = ['worker-1', 'worker-2'];

let world: World;
beforeAll(async () => {
  world = await World.create({ storeKeys: [first, second] });
}, 240_000);
afterAll(() => world.destroy(), 60_000);
afterEach(async () => {
  await world.mend();
  expect(await verifyWorld(world)).toEqual([]);
}, 120_000);

/** A file that can be downloaded, for as long as its link is good. */
interface Linked {
  readonly url: string;
  readonly sha256: string;
}

/** 20 MB: more than lies in buffers between the gateway and a caller who does not read. */
async function exported(): Promise<Linked> {
  const { CA } = world.callers;
  const text = { expr: `concat(${Array(4).fill('label').join(', ')})`, as: 'text' };
  const nonce = { expr: `'${randomBytes(8).toString('hex')}'`, as: 'nonce' };
  const queryDefinition = { dataset: 'big', select: ['id', text, nonce] };
  const body = JSON.stringify({ format: 'csv', queryDefinition });
  const answer = await CA.fetch('/api/v1/exports', { method: 'POST', body });
  if (answer.status !== 202) throw new Error(`Not accepted: ${answer.status} ${await answer.text()}`);
  const { jobId } = (await answer.json()) as { readonly jobId: string };
  const job = await CA.ended(jobId);
  if (job.result?.downloadUrl == null) throw new Error(`No file: ${JSON.stringify(job)}`);
  return { url: job.result.downloadUrl, sha256: job.result.sha256 };
}

/** Takes the first piece of a file; the rest is taken, and its hash told, when the result is called. */
async function begin({ url }: Linked): Promise<() => Promise<string>> {
  const answer = await fetch(url);
  if (answer.status !== 200 || answer.body === null) throw new Error(`No file: ${answer.status}`);
  const pieces = answer.body[Symbol.asyncIterator]();
  const hash = createHash('sha256');
  const one = await pieces.next();
  if (one.done !== true) hash.update(one.value);
  return async () => {
    for (let piece = await pieces.next(); piece.done !== true; piece = await pieces.next())
      hash.update(piece.value);
    return hash.digest('hex');
  };
}

const hashesOf = async (files: readonly Linked[]): Promise<readonly string[]> =>
  Promise.all(files.map(async (file) => (await begin(file))()));

/** Ends a service as a roll-out does, and starts it with other keys; downloads that are under way go on to their end. */
async function restarted(name: ServiceName, keys: string, files: readonly Linked[]): Promise<void> {
  // Of the oldest key and of the newest; as many as a busy machine delivers within the grace of a service.
  const taken = name === 'gateway' ? [...files.slice(0, 1), ...files.slice(1).slice(-1)] : [];
  const underWay = await Promise.all(taken.map(begin));
  world.services[name].signal('SIGTERM');
  expect(await Promise.all(underWay.map((rest) => rest()))).toEqual(taken.map(({ sha256 }) => sha256));
  expect(await world.services[name].ended()).toBe(0);
  await world.services[name].start({ SLUICE_STORE_KEYS: keys });
}

describe('keys of the store that change, back and forth (R34)', () => {
  it('fail for nobody: downloads under way, links of before, and exports of each state', async () => {
    const files = [await exported()];
    for (const keys of STAGES) {
      // Who opens files knows a key before anybody seals with it.
      for (const name of ['gateway', ...SEALERS] as const) {
        await restarted(name, keys, files);
        files.push(await exported());
        // Who opens files is another one: all of them. Else what the new one has sealed.
        const asked = name === 'gateway' ? files : files.slice(-1);
        expect(await hashesOf(asked)).toEqual(asked.map(({ sha256 }) => sha256));
      }
    }
    expect(await hashesOf(files)).toEqual(files.map(({ sha256 }) => sha256));
    // From the first one, which the key of the secret sealed, to the last.
    expect(files).toHaveLength(1 + 3 * STAGES.length);
    for (const { output } of Object.values(world.services)) expect(output).not.toContain('"level":50');
  }, 900_000);
});
