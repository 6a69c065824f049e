import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AuditRecord } from '@sluice/contracts';
import { AuditShipper, AuditSpool, PublishAudit, startAuditShipper } from '../src/index.js';
import { newRecord, startWriter, until } from './audit-spool-fixtures.js';

describe('AuditSpool after a crash', () => {
  let folder: string;
  let spool: AuditSpool;
  let shipper: AuditShipper | undefined;
  let faults: unknown[];
  const onFault = (error: unknown): void => void faults.push(error);

  function open(maxBytes = 1 << 30): AuditSpool {
    spool = new AuditSpool({ folder, maxBytes, onFault });
    return spool;
  }

  function ship(publish: PublishAudit): void {
    shipper = startAuditShipper(spool, publish, {
      firstRetryMs: 5,
      longestRetryMs: 20,
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

  it('keeps every acknowledged record of a killed writer, whatever moment it is killed at', async () => {
    for (const lifeMs of [30, 90, 200]) {
      const { writer, acknowledged } = startWriter(folder);
      await until(() => acknowledged.length > 10);
      await delay(lifeMs);
      writer.kill('SIGKILL');
      await once(writer, 'close');
      const shipped = new Set<string>();
      open();
      ship(async (records) => records.forEach(({ id }) => shipped.add(id)));
      await until(() => segments().length === 0);
      expect(acknowledged.filter((id) => !shipped.has(id))).toEqual([]);
      await shipper!.stop(1_000);
      await spool.close();
    }
  });

  it('leaves the files of a living writer alone', async () => {
    const { writer, acknowledged } = startWriter(folder);
    await until(() => acknowledged.length > 0);
    open();
    expect(spool.segments()).toEqual([]);
    writer.kill('SIGKILL');
    await once(writer, 'close');
  });

  it('passes over a torn last line, and puts damaged lines where they can be found', async () => {
    open();
    await spool.record(newRecord());
    await spool.close();
    const file = join(folder, segments()[0]!);
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, `${good}\0\0\xff damaged\n${good}`);
    appendFileSync(file, good.slice(0, 40));
    const shipped: AuditRecord[] = [];
    open();
    ship(async (records) => void shipped.push(...records));
    await until(() => segments().length === 0);
    expect(shipped).toHaveLength(2);
    expect(readFileSync(join(folder, 'unreadable'), 'utf8')).toContain('damaged');
    expect(String(faults[0])).toContain('1 lines of the audit spool are damaged');
  });

  it('gets past damage that is longer than any record', async () => {
    open();
    await spool.record(newRecord());
    await spool.close();
    const file = join(folder, segments()[0]!);
    const good = readFileSync(file);
    writeFileSync(file, Buffer.concat([good, Buffer.alloc(3_000_000), Buffer.from('\n'), good]));
    const shipped: AuditRecord[] = [];
    open();
    ship(async (records) => void shipped.push(...records));
    await until(() => segments().length === 0);
    expect(shipped).toHaveLength(2);
  });
});
