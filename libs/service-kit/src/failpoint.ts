import { pipeline, Readable, Transform } from 'node:stream';
import { PlainError } from './plain-error.js';
import { Environment } from './settings.js';

/** Places where a test may end or stop a service; each stands for a window that a real crash can fall into. */
export const FAILPOINTS = [
  'worker.received',
  'worker.claimed',
  'worker.query-started',
  'worker.chunk',
  'worker.file-staged',
  'worker.manifest-staged',
  'worker.recorded',
  'worker.before-publish',
  'worker.file-shown',
  'worker.published',
  'worker.told',
  'worker.lease-lost',
  'worker.cleanup',
  'orchestrator.submitted',
  'orchestrator.relayed',
] as const;
export type Failpoint = (typeof FAILPOINTS)[number];

const SIGNALS = { kill: 'SIGKILL', stop: 'SIGSTOP' } as const;

interface Armed {
  readonly name: Failpoint;
  /** Passages until it strikes. */
  left: number;
  readonly signal: (typeof SIGNALS)[keyof typeof SIGNALS];
}

let armed: Armed | undefined;

/**
 * Reads `SLUICE_FAILPOINT`: `name`, `name:n` for the n-th passage, `name:n:stop` for SIGSTOP instead of SIGKILL. Nothing else arms one:
 * no request, message or file can (docs/decisions/036-failpoints.md).
 *
 * @returns whether one is armed now
 * @throws PlainError for a value that names no failpoint
 */
export function armFailpoint(env: Environment): boolean {
  const text = env['SLUICE_FAILPOINT'] ?? '';
  armed = text === '' ? undefined : read(text);
  return armed !== undefined;
}

function read(text: string): Armed {
  const [word, passage = '1', action = 'kill', ...rest] = text.split(':');
  const name = FAILPOINTS.find((known) => known === word);
  const fits = /^[1-9]\d{0,8}$/.test(passage) && Object.hasOwn(SIGNALS, action) && rest.length === 0;
  if (name === undefined || !fits) throw new PlainError('SLUICE_FAILPOINT names no failpoint.');
  return { name, left: Number(passage), signal: SIGNALS[action as keyof typeof SIGNALS] };
}

/** Strikes when this failpoint is armed and its time has come. */
export function passFailpoint(name: Failpoint): void {
  if (armed?.name !== name) return;
  armed.left -= 1;
  // The kernel ends or stops the process before the call returns.
  if (armed.left === 0) process.kill(process.pid, armed.signal);
}

/** Makes each piece of a stream a passage; unless that failpoint is armed, it is the stream itself. */
export function failpointIn(name: Failpoint, stream: Readable): Readable {
  if (armed?.name !== name) return stream;
  const watched = new Transform({
    transform(piece, _, done) {
      passFailpoint(name);
      done(null, piece);
    },
  });
  // A fault of either end destroys the other; whoever reads is told by the stream itself.
  return pipeline(stream, watched, () => undefined);
}
