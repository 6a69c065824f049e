import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AuditRecord } from '@sluice/contracts';
import { AuditShipper, AuditSpool, PublishAudit, startAuditShipper } from '../src/index.js';
import { newRecord, until } from './audit-spool-fixtures.js';

describe('AuditSpool', () => {
  let folder: string;
  let spool: AuditSpool;
  let shipper: AuditShipper | undefined;
  let faults: unknown[];
  const onFault = (error: unknown): void => void faults.push(error);

  function open(maxBytes = 1 << 20): AuditSpool {
    spool = new AuditSpool({ folder, maxBytes, onFault });
    return spool;
  }

  function ship(publish: PublishAudit, batchRecords = 500): void {
    shipper = startAuditShipper(spool, publish, {
      firstRetryMs: 5,
      longestRetryMs: 20,
      batchRecords,
      onFault,
    });
  }

  const segments = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.jsonl'));

  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'sluice-spool-')), 'audit');
    faults = [];
  });

  afterEach(async () => {
    await shipper?.stop(100);
    shipper = undefined;
    await spool.close();
    rmSync(join(folder, '..'), { recursive: true, force: true });
  });

  it('has a record on the disk, closed to others, when it acknowledges it', async () => {
    const record = newRecord();
    await open().record(record);
    const file = join(folder, segments()[0]!);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(record);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('writes records that come together together', async () => {
    open();
    const records = Array.from({ length: 2_000 }, () => newRecord());
    const writes = jest.spyOn(Object.getPrototypeOf(await handleOf(folder)) as FileLike, 'appendFile');
    await Promise.all(records.map((record) => spool.record(record)));
    expect(writes.mock.calls.length).toBeLessThan(records.length / 20);
    writes.mockRestore();
    const lines = readFileSync(join(folder, segments()[0]!), 'utf8').trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as AuditRecord).id)).toEqual(records.map(({ id }) => id));
  });

  it('refuses what does not fit, and takes records again once the shipper has made room', async () => {
    open(65_536);
    const accepted: string[] = [];
    let refusal: unknown;
    while (!refusal) {
      const record = newRecord();
      await spool.record(record).then(
        () => accepted.push(record.id),
        (error: unknown) => (refusal = error),
      );
    }
    expect(refusal).toMatchObject({ code: 'audit-unavailable', details: { retryAfter: 1 } });
    expect(spool.bytes).toBeLessThanOrEqual(65_536);
    const shipped: string[] = [];
    ship(async (records) => void shipped.push(...records.map(({ id }) => id)));
    await until(() => shipped.length === accepted.length);
    await until(() => segments().length === 1);
    await expect(spool.record(newRecord())).resolves.toBeUndefined();
    expect(shipped.slice(0, accepted.length)).toEqual(accepted);
  });

  it('refuses what is no record, and anything after it was closed', async () => {
    open();
    await expect(spool.record({ ...newRecord(), id: 'x' })).rejects.toMatchObject({
      code: 'audit-unavailable',
    });
    await expect(spool.record({ ...newRecord(), subject: 'x'.repeat(600_000) })).rejects.toThrow(
      'not answered',
    );
    await spool.close();
    await expect(spool.record(newRecord())).rejects.toMatchObject({ code: 'audit-unavailable' });
    expect(faults).toHaveLength(3);
  });

  it('refuses records while the folder cannot be written, and recovers with it', async () => {
    open();
    await spool.record(newRecord());
    const broken = jest.spyOn(Object.getPrototypeOf(await handleOf(folder)) as FileLike, 'appendFile');
    broken.mockRejectedValue(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }));
    await expect(spool.record(newRecord())).rejects.toMatchObject({ code: 'audit-unavailable' });
    broken.mockRestore();
    await spool.record(newRecord());
    const shipped: AuditRecord[] = [];
    ship(async (records) => void shipped.push(...records));
    await until(() => shipped.length === 2);
  });

  it('is open once for each folder', () => {
    open();
    expect(() => new AuditSpool({ folder, maxBytes: 65_536 })).toThrow('is open on');
  });

  it('ships in order, at most a batch at a time, and deletes what is shipped', async () => {
    open();
    const records = Array.from({ length: 25 }, () => newRecord());
    for (const record of records) await spool.record(record);
    const batches: (readonly AuditRecord[])[] = [];
    ship(async (batch) => void batches.push(batch), 10);
    await until(() => batches.flat().length === 25);
    expect(batches.map(({ length }) => length)).toEqual([10, 10, 5]);
    expect(batches.flat()).toEqual(records);
    await shipper!.stop(1_000);
    await spool.close();
    open();
    ship(async (batch) => void batches.push(batch));
    await until(() => segments().length === 0);
    expect(batches.flat()).toHaveLength(25);
  });

  it('tries again while the trail is away, and loses nothing', async () => {
    open();
    let attempts = 0;
    const shipped: string[] = [];
    ship(async (records) => {
      attempts += 1;
      if (attempts <= 5) throw new Error('broker away');
      shipped.push(...records.map(({ id }) => id));
    });
    const records = Array.from({ length: 50 }, () => newRecord());
    for (const record of records) await spool.record(record);
    await until(() => shipped.length >= 50);
    expect(shipped).toEqual(records.map(({ id }) => id));
    expect(faults).toHaveLength(5);
  });

  it('ships what is left when it stops, and no longer than its grace', async () => {
    open();
    const shipped: AuditRecord[] = [];
    ship(async (records) => void shipped.push(...records));
    await delay(30);
    await spool.record(newRecord());
    await shipper!.stop(50_000);
    expect(shipped).toHaveLength(1);
    await spool.record(newRecord());
    ship(() => new Promise(() => undefined));
    await delay(50);
    // What it waits for never comes, so that only the grace ends this.
    await shipper!.stop(100);
  });
});

interface FileLike {
  appendFile(data: Buffer): Promise<void>;
}

async function handleOf(folder: string): Promise<object> {
  const { open } = await import('node:fs/promises');
  const handle = await open(folder, 'r');
  await handle.close();
  return handle;
}
