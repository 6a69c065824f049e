import { ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { AuditRecord } from '@sluice/contracts';

/** Writes records as fast as it can and prints the id of each one acknowledged; runs the compiled library. */
const WRITER = `
const { AuditSpool } = require('@sluice/service-kit');
const spool = new AuditSpool({ folder: process.argv[1], maxBytes: 1 << 30 });
const record = JSON.parse(process.argv[2]);
const write = async () => {
  for (;;) {
    const id = require('node:crypto').randomUUID();
    await spool.record({ ...record, id });
    process.stdout.write(id + '\\n');
  }
};
for (let n = 0; n < 8; n += 1) void write();`;

export function newRecord(id = randomUUID()): AuditRecord {
  return {
    id,
    at: new Date().toISOString(),
    action: 'query',
    subject: 'ada',
    clientId: 'ca-viewer',
    tenant: 'CA',
    dataset: 'flights',
    columns: ['flights.origin', 'flights.größe \u{1F30A}'],
    masks: [],
    queryHash: 'ab'.repeat(32),
    rows: 100,
    status: 200,
    code: null,
    durationMs: 12.5,
    requestId: 'r-1',
    address: '127.0.0.1',
    jobId: null,
  };
}

export async function until(condition: () => boolean, withinMs = 45_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > deadline)
      throw new Error(`Not so within ${String(withinMs)} ms: ${condition.toString()}`);
    await delay(5);
  }
}

export function startWriter(folder: string): { writer: ChildProcess; acknowledged: string[] } {
  const acknowledged: string[] = [];
  const writer = spawn(process.execPath, ['-e', WRITER, folder, JSON.stringify(newRecord())], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: __dirname,
  });
  createInterface(writer.stdout).on('line', (line) => acknowledged.push(line));
  return { writer, acknowledged };
}
