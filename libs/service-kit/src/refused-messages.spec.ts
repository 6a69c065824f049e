import { AuditRecord } from '@sluice/contracts';
import { createLogger } from './logger.js';
import { renderMetrics } from './metrics.js';
import { RefusedMessages } from './refused-messages.js';

const message = { kind: 'request', name: 'query.run', reason: 'forged', correlationId: 'c-1' };

describe('RefusedMessages', () => {
  const records: AuditRecord[] = [];
  const lines: { level: string; unrecorded?: number; msg: string }[] = [];
  let now = 0;
  const open = (fault?: Error): RefusedMessages => {
    const destination = { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[0]) };
    const refusals = new RefusedMessages(createLogger('test', 'info', destination), () => now);
    refusals.recordTo({
      record: async (record) => {
        if (fault) throw fault;
        records.push(record);
      },
    });
    return refusals;
  };
  beforeEach(() => {
    records.splice(0);
    lines.splice(0);
    now = 0;
  });

  it('records what was refused, and nothing that only the sender says', async () => {
    open().onRefused(message);
    expect(records).toMatchObject([
      {
        action: 'denied',
        code: 'message-forged',
        status: 500,
        requestId: 'request query.run c-1',
        subject: null,
        tenant: null,
      },
    ]);
    expect(lines).toMatchObject([{ level: 'warn', msg: 'a message without a valid seal was refused' }]);
  });

  it('counts a flood whole, and records of it what the spool can take', async () => {
    const refusals = open();
    const counted = async (): Promise<number> =>
      Number(
        /refused_total\{kind="event",reason="unsealed"\} (\d+)/.exec((await renderMetrics()).body)?.[1] ?? 0,
      );
    const before = await counted();
    const flood = { ...message, kind: 'event', reason: 'unsealed' };
    for (let sent = 0; sent < 1_000; sent += 1) refusals.onRefused(flood);
    expect(records).toHaveLength(20);
    now += 2_000;
    for (let sent = 0; sent < 1_000; sent += 1) refusals.onRefused(flood);
    expect(records).toHaveLength(22);
    expect((await counted()) - before).toBe(2_000);
    expect(lines.at(-2)).toMatchObject({ unrecorded: 980 });
  });

  it('says in the log when the trail does not take it', async () => {
    open(new Error('full')).onRefused(message);
    await new Promise(setImmediate);
    expect(lines.at(-1)).toMatchObject({ level: 'error', msg: 'a refused message could not be recorded' });
  });
});
