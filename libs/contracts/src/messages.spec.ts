import {
  answer,
  error,
  job,
  messages,
  principal,
  progress,
  record,
  runQuery,
} from '../test/sample-messages.js';
import { auditRecorded } from './audit-events.js';
import { exportFinished, exportGet, exportRenew } from './export-messages.js';
import { queryRun } from './query-messages.js';
import { messageAddress } from './rpc.js';

/** Keys that may be missing: optional ones, and those of free content. */
const OPTIONAL = [
  ...[
    'claims',
    'region',
    'teams',
    'form',
    'timeoutMs',
    'facts',
    'policyOnly',
    'submissionId',
    'again',
    'policyHash',
  ],
  ...['limit', 'body', 'queryDefinition', 'any', 'column'],
];

/** The message once without each key that it holds, anywhere, with the key's name. */
function* mutilated(value: unknown): Generator<readonly [string, unknown]> {
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (!Array.isArray(value)) {
      const { [key as never]: _, ...others } = value;
      yield [key, others];
    }
    for (const [name, changed] of mutilated(item)) {
      yield [name, Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed }];
    }
  }
}

describe('the schemas of messages', () => {
  it.each(messages)('%s: take a whole one, also with more than they know', (_, schema, message) => {
    expect(schema.safeParse(message).error).toBeUndefined();
    const extended = Array.isArray(message) ? message : { ...message, later: { more: 1 } };
    expect(schema.safeParse(extended).success).toBe(true);
  });

  it.each(messages)('%s: refuse one that lacks a field', (_, schema, message) => {
    const lacking = [...mutilated(message)].filter(([key]) => !OPTIONAL.includes(key));
    if (!Array.isArray(message)) expect(lacking.length).toBeGreaterThan(0);
    expect(lacking.filter(([, changed]) => schema.safeParse(changed).success).map(([key]) => key)).toEqual(
      [],
    );
  });

  it.each([null, 'text', 5, [], undefined, new Map()])('refuse %p', (message) => {
    const taking = messages.filter(([, schema]) => schema.safeParse(message).success).map(([name]) => name);
    const lists = Array.isArray(message) ? ['datasets.list answer'] : [];
    expect(taking).toEqual(message === null ? ['export.claim answer'] : lists);
  });

  it.each([
    ['a tenant that is none', queryRun.request, { ...runQuery, principal: { ...principal, tenants: [] } }],
    ['an unknown role', queryRun.request, { ...runQuery, principal: { ...principal, roles: ['root'] } }],
    [
      'a claim that is no text',
      queryRun.request,
      { ...runQuery, principal: { ...principal, claims: { a: 1 } } },
    ],
    ['pieces that are no bytes', queryRun.response, { ...answer, body: ['text'] }],
    ['an unknown status', queryRun.response, { ...answer, status: 500 }],
    ['an unknown state', exportGet.response, { ...job, state: 'Lost' }],
    ['half an attempt', exportRenew.request, { ...progress, attempt: 1.5 }],
    ['an outcome of no kind', exportFinished.message, { jobId: 'j', attempt: 1, outcome: { kind: 'lost' } }],
    ['a record of no action', auditRecorded.message, { records: [{ ...record, action: 'unheard-of' }] }],
    ['a record with another id', auditRecorded.message, { records: [record, { ...record, id: '1; drop' }] }],
    ['a record of no time', auditRecorded.message, { records: [{ ...record, at: 'yesterday' }] }],
    ['too many records', auditRecorded.message, { records: Array(10_001).fill(record) }],
  ])('refuse %s', (_, schema, message) => {
    expect(schema.safeParse(message).success).toBe(false);
  });

  it('let an error pass whose code is not known yet', () => {
    const outcome = { kind: 'failed', error: { ...error, code: 'of-tomorrow' }, transient: true };
    expect(exportFinished.message.safeParse({ jobId: 'j', attempt: 1, outcome }).success).toBe(true);
  });

  it('let a body be left out, as undefined is on the way', () => {
    const { body: _, ...others } = runQuery;
    expect(queryRun.request.safeParse(others).success).toBe(true);
  });

  it('change nothing in what they look at', () => {
    const frozen = JSON.stringify(runQuery);
    queryRun.request.safeParse(runQuery);
    queryRun.response.safeParse(answer);
    expect(JSON.stringify(runQuery)).toBe(frozen);
    expect(Object.isFrozen(runQuery.principal.roles) || Object.isFrozen(answer.body)).toBe(false);
  });
});

describe('messageAddress', () => {
  it('is the name, with the version unless it is the first', () => {
    expect([1, 2].map((version) => messageAddress({ name: 'query.run', version }))).toEqual([
      'query.run',
      'query.run.v2',
    ]);
  });
});
