import { EXPORT_FORMATS, ExportFormat, Principal } from '@sluice/contracts';
import { pipeline, Readable, Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExportingServices } from './exporting/exporting-services.js';

const CA: Principal = { subject: 's', clientId: 'app', tenants: ['CA'], roles: ['exporter'] };
const PEOPLE = {
  name: 'people',
  sql: `select i as id, 'CA' as tenant_id, 'name of the person with the number ' || i as name from range(2000000) t(i)`,
  classes: { name: 'pii' },
};
/** Sorting by a hash makes the engine compute all of them before it has a row to give: seconds. */
const POLICY = 'version: 1\nclasses:\n  pii: { viewer: hash, exporter: hash, admin: clear }\n';
const SLOW = { dataset: 'people', select: ['id', 'name'], sort: ['name'] };
const PLAIN = { dataset: 'people', select: ['id'] };

/** SPEC X3. A machine that is busy with others makes any try slower, and none faster: the promise is kept if one keeps it. */
const EFFECT_MS = 2_000;
const TRIES = 4;
/** Beside forty other programs the fastest took 2.4 s. What is canceled here would go on for a minute. */
const PATIENCE = 3;

describe('a canceled job that runs', () => {
  let services: ExportingServices;

  beforeAll(async () => {
    services = await ExportingServices.start([PEOPLE], POLICY);
  });
  afterEach(() => {
    services.reader = (source) => source;
  });
  afterAll(() => services.close());

  /** Submits, waits until `runs` holds, cancels, and tells how long engine and upload went on, in ms. */
  async function canceledAfter(
    format: ExportFormat,
    queryDefinition: object,
    runs: () => Promise<boolean>,
  ): Promise<number> {
    const { job } = await services.submit(CA, { queryDefinition, format });
    await until(runs, 60_000);
    const asked = performance.now();
    expect(await services.cancel(CA, job.jobId)).toMatchObject({ state: 'Canceled' });
    await until(async () => {
      const { copies, staged } = await services.underWay();
      return copies + staged === 0;
    }, 60_000);
    const took = performance.now() - asked;
    expect((await services.store.list('', null)).objects).toEqual([]);
    return took;
  }

  it.each(EXPORT_FORMATS)('ends its engine in time while a long query for %s goes on', async (format) => {
    const copying = async () => (await services.underWay()).copies > 0;
    expect(await fastest(() => canceledAfter(format, SLOW, copying))).toBeLessThan(PATIENCE * EFFECT_MS);
  });

  it.each(EXPORT_FORMATS)('ends engine and encoder of %s in time while the store is slow', async (format) => {
    let bytes = 0;
    services.reader = (source) => slowly(source, (count) => (bytes += count));
    const canceled = (): Promise<number> => {
      bytes = 0;
      return canceledAfter(format, PLAIN, async () => bytes > 0);
    };
    expect(await fastest(canceled)).toBeLessThan(PATIENCE * EFFECT_MS);
  });
});

/** Of some tries, until one is fast enough. */
async function fastest(take: () => Promise<number>): Promise<number> {
  let least = Infinity;
  for (let tries = 0; least >= EFFECT_MS && tries < TRIES; tries++) least = Math.min(least, await take());
  return least;
}

/** Passes on 64 KiB in half a second. */
function slowly(source: Readable, onBytes: (count: number) => void): Readable {
  const slow = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onBytes(chunk.length);
      setTimeout(done, Math.ceil((500 * chunk.length) / 65_536), null, chunk);
    },
  });
  return pipeline(source, slow, () => undefined);
}

async function until(holds: () => Promise<boolean>, withinMs: number): Promise<void> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(5)) if (await holds()) return;
  throw new Error(`It never came to hold: ${holds.toString()}`);
}
