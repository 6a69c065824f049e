import { randomUUID } from 'node:crypto';
import { RpcDefinition } from '@sluice/contracts';
import { z } from 'zod';
import { encodeFrame } from '../src/rabbitmq/frame.js';
import { CLOCK_LEEWAY_MS } from '../src/rabbitmq/sealer.js';
import { keysOf, newRpc } from './bus-harness.js';
import { RawMessage, sealedMessage } from './sealed-message.js';

export const form = z.object({ tenant: z.string() });
export type Form = z.infer<typeof form>;
export type Asking = RpcDefinition<Form, string>;

export const ask = (): Asking => newRpc<Form, string>(30_000, { request: form, response: z.string() });

export const sealed = (rpc: Asking, changes = {}): RawMessage =>
  sealedMessage(keysOf, 'request', rpc, { tenant: 'CA' }, changes);

const HOUR = 3_600_000;
/** Requests that must not be taken: what is wrong, why they are refused, and how they are made. */
export const forgeries: readonly [string, string, (rpc: Asking) => RawMessage][] = [
  ['carries no seal', 'unsealed', (rpc) => ({ ...sealed(rpc), options: { correlationId: 'c' } })],
  [
    'has lost a header',
    'unsealed',
    (rpc) => {
      const { content, options } = sealed(rpc);
      return {
        content,
        options: { ...options, headers: { ...options.headers, 'sluice-version': undefined } },
      };
    },
  ],
  [
    'is sealed with another key',
    'forged',
    (rpc) => sealedMessage((service) => keysOf(`not ${service}`), 'request', rpc, { tenant: 'CA' }),
  ],
  ['was altered', 'forged', (rpc) => ({ ...sealed(rpc), content: encodeFrame({ tenant: 'TX' }) })],
  ['is sealed for another service', 'forged', (rpc) => sealed(rpc, { to: 'audit-service' })],
  ['is sealed for another name', 'forged', (rpc) => sealed(rpc, { name: 'export.get' })],
  ['is an event', 'forged', (rpc) => sealed(rpc, { kind: 'event' })],
  [
    'says another correlation id',
    'forged',
    (rpc) => {
      const { content, options } = sealed(rpc);
      return { content, options: { ...options, correlationId: randomUUID() } };
    },
  ],
  [
    'says a longer deadline',
    'forged',
    (rpc) => {
      const { content, options } = sealed(rpc);
      return {
        content,
        options: { ...options, headers: { ...options.headers, 'sluice-timeout-ms': HOUR } },
      };
    },
  ],
  ['is of long ago', 'expired', (rpc) => sealed(rpc, { issuedAt: Date.now() - CLOCK_LEEWAY_MS - 30_001 })],
  ['is of times to come', 'expired', (rpc) => sealed(rpc, { issuedAt: Date.now() + CLOCK_LEEWAY_MS + HOUR })],
];
