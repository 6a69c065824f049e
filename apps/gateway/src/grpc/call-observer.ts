import { status } from '@grpc/grpc-js';
import { gauge, histogram, type Logger } from '@sluice/service-kit';
import { type EdgeCall } from './edge-call.js';

/** Told once or more how the call ended; only the first counts. Null: nobody waits for an answer any more. */
export type CallEnd = (code: status | null) => void;

/** Rate, errors and duration by method, and one line in the log. Never what callers wrote. */
export function observeCall(call: EdgeCall, logger: Logger): CallEnd {
  const inFlight = gauge({ name: 'sluice_grpc_calls_in_flight', help: 'gRPC calls being answered.' });
  inFlight.inc();
  let ended = false;
  return (code) => {
    if (ended) return;
    ended = true;
    inFlight.dec();
    const ms = performance.now() - call.arrivedAt;
    const name = code === null ? 'ABANDONED' : (status[code] ?? 'UNKNOWN');
    durations().observe({ method: call.path, code: name }, ms / 1_000);
    const { requestId } = call.origin;
    const clientId = call.principal?.clientId;
    logger.info({ requestId, method: call.path, code: name, ms: Math.round(ms), clientId }, 'answered');
  };
}

function durations() {
  return histogram({
    name: 'sluice_grpc_call_duration_seconds',
    help: 'Time from a gRPC call’s arrival to its status.',
    labels: ['method', 'code'],
  });
}
