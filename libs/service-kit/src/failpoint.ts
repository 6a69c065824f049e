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
  'orchestrator.file-removed',
  'orchestrator.tidied',
  'orchestrator.reaped',
] as const;
export type Failpoint = (typeof FAILPOINTS)[number];

/** What an armed failpoint does: ends the process, stops it until SIGCONT, or makes each piece of a stream wait. */
const ACTIONS = ['kill', 'stop', 'slow'] as const;
type Action = (typeof ACTIONS)[number];

const SIGNALS = { kill: 'SIGKILL', stop: 'SIGSTOP' } as const;
/** So fast runs a slow stream: a file of some MB then takes as long as one of many GB. */
const SLOW_BYTES_PER_MS = 250;

interface Armed {
  /** Passages until it strikes. */
  left: number;
  readonly action: Action;
}

const armed = new Map<Failpoint, Armed>();

/**
 * Reads `SLUICE_FAILPOINT`, a list with commas: `name`, `name:n` for the n-th passage, `name:n:stop` for SIGSTOP instead of SIGKILL,
 * `worker.chunk:n:slow` for pieces that wait from the n-th on. Nothing else arms one: no request, message or file can
 * (docs/decisions/036-failpoints.md).
 *
 * @returns whether one is armed now
 * @throws PlainError for a value that names no failpoint
 */
export function armFailpoint(env: Environment): boolean {
  armed.clear();
  const text = env['SLUICE_FAILPOINT'] ?? '';
  if (text !== '') for (const one of text.split(',')) arm(one);
  return armed.size > 0;
}

function arm(text: string): void {
  const [word, passage = '1', does = 'kill', ...rest] = text.split(':');
  const name = FAILPOINTS.find((known) => known === word);
  const action = ACTIONS.find((known) => known === does);
  const fits = /^[1-9]\d{0,8}$/.test(passage) && rest.length === 0;
  // Only a stream can wait without keeping everything else from running.
  const waits = action !== 'slow' || name === 'worker.chunk';
  if (name === undefined || action === undefined || !fits || !waits || armed.has(name))
    throw new PlainError('SLUICE_FAILPOINT names no failpoint.');
  armed.set(name, { left: Number(passage), action });
}

/** Strikes when this failpoint is armed and its time has come. */
export function passFailpoint(name: Failpoint): void {
  const point = armed.get(name);
  if (point === undefined || point.action === 'slow') return;
  point.left -= 1;
  // The kernel ends or stops the process before the call returns.
  if (point.left === 0) process.kill(process.pid, SIGNALS[point.action]);
}

/** Makes each piece of a stream a passage; unless that failpoint is armed, it is the stream itself. */
export function failpointIn(name: Failpoint, stream: Readable): Readable {
  const point = armed.get(name);
  if (point === undefined) return stream;
  const watched = new Transform({
    transform(piece: Buffer, _, done) {
      passFailpoint(name);
      if (point.action === 'slow' && --point.left < 1)
        setTimeout(done, piece.length / SLOW_BYTES_PER_MS, null, piece);
      else done(null, piece);
    },
  });
  // A fault of either end destroys the other; whoever reads is told by the stream itself.
  return pipeline(stream, watched, () => undefined);
}
