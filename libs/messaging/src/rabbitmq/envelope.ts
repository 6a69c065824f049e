import { MessageKind } from '../faults.js';

/** What is sealed beside the content: who says what to whom, and when. Each part travels in the open as well, where the receiver does not know it anyway. */
export interface Envelope {
  readonly kind: MessageKind;
  /** Of the RPC or event. */
  readonly name: string;
  readonly version: number;
  /** Service that sends. */
  readonly from: string;
  /** Service that it is sealed for. */
  readonly to: string;
  /** Of a request and all that belongs to it; of an event, its message id. */
  readonly correlationId: string;
  /** By the sender's clock, in ms since 1970. */
  readonly issuedAt: number;
  /** How long the sender waits, in ms; 0 for what does not grow old. */
  readonly timeoutMs: number;
}

/** Names of the headers in which the parts of an envelope travel. */
const HEADERS = {
  version: 'sluice-version',
  from: 'sluice-from',
  issuedAt: 'sluice-issued-at',
  timeoutMs: 'sluice-timeout-ms',
  seal: 'sluice-seal',
} as const;

export type SealedHeaders = Readonly<Record<(typeof HEADERS)[keyof typeof HEADERS], string | number>>;

/** Changes with each change of what is sealed, so that a seal of one form is none of another. */
const LABEL = 'sluice message 1';

/** The bytes that stand for the envelope under the seal. A JSON array leaves no doubt where one part ends; it holds no line break, and the content follows one. */
export function envelopeText(envelope: Envelope): string {
  const { kind, name, version, from, to, correlationId, issuedAt, timeoutMs } = envelope;
  return `${JSON.stringify([LABEL, kind, name, version, from, to, correlationId, issuedAt, timeoutMs])}\n`;
}

export function toHeaders({ version, from, issuedAt, timeoutMs }: Envelope, seal: Buffer): SealedHeaders {
  return {
    [HEADERS.version]: version,
    [HEADERS.from]: from,
    [HEADERS.issuedAt]: issuedAt,
    [HEADERS.timeoutMs]: timeoutMs,
    [HEADERS.seal]: seal.toString('base64url'),
  };
}

export interface TravelledParts extends Pick<Envelope, 'version' | 'from' | 'issuedAt' | 'timeoutMs'> {
  readonly seal: Buffer;
}

/** Undefined when a header is missing or is not of its type: then the message was never sealed. */
export function fromHeaders(
  headers: Readonly<Record<string, unknown>> | undefined,
): TravelledParts | undefined {
  const [version, from, issuedAt, timeoutMs, seal] = Object.values(HEADERS).map((name) => headers?.[name]);
  if (typeof from !== 'string' || typeof seal !== 'string') return undefined;
  if (!isCount(version) || !isCount(issuedAt) || !isCount(timeoutMs)) return undefined;
  return { version, from, issuedAt, timeoutMs, seal: Buffer.from(seal, 'base64url') };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
