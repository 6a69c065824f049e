import { counter, gauge, histogram, type Logger } from '@sluice/service-kit';
import { type FastifyInstance, type FastifyReply } from 'fastify';
import { type AllowedMethods } from './allowed-methods.js';
import { earlyAnswers } from './broken-request.js';
import { requestAgeMs, type EdgeRequest } from './edge-request.js';

/** On every answer. */
export const SAFE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;
const QUIET = new Set(['/healthz', '/readyz', '/metrics']);

/**
 * Hangs on every request, also those that reach no handler: its id and safe headers on the answer, one access line, and
 * rate, errors and duration by route template. Never a path or a parameter: they hold what callers wrote.
 */
export function observeRequests(server: FastifyInstance, methods: AllowedMethods, logger: Logger): void {
  const inFlight = gauge({ name: 'sluice_http_requests_in_flight', help: 'Requests being answered.' });
  server.addHook('onRoute', ({ url, method }) => {
    methods.add(url, method);
  });
  server.addHook('onRequest', (request, reply, done) => {
    (request as EdgeRequest).arrivedAt = performance.now();
    inFlight.inc();
    earlyAnswers.begins(request.raw);
    reply.raw.once('close', () => {
      inFlight.dec();
      earlyAnswers.ends(request.raw);
      if (!reply.raw.writableFinished) abandoned(request as EdgeRequest, logger);
    });
    reply.headers({ 'x-request-id': request.id, ...SAFE_HEADERS });
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    observe(request as EdgeRequest, reply, logger);
    done();
  });
}

function observe(request: EdgeRequest, reply: FastifyReply, logger: Logger): void {
  const route = request.routeOptions.url ?? 'none';
  const ms = requestAgeMs(request);
  // The issuer writes to the raw response, which alone knows the status then.
  const status = reply.raw.statusCode;
  durations().observe({ method: request.method, route, status: String(status) }, ms / 1_000);
  if (QUIET.has(route)) return;
  const who = request.principal?.clientId;
  logger.info(
    { requestId: request.id, method: request.method, route, status, ms: Math.round(ms), clientId: who },
    'answered',
  );
}

function abandoned(request: EdgeRequest, logger: Logger): void {
  const route = request.routeOptions.url ?? 'none';
  counter({
    name: 'sluice_http_requests_abandoned_total',
    help: 'Answers that the caller did not wait for, or that failed half-way.',
    labels: ['route'],
  }).inc({ route });
  logger.info(
    { requestId: request.id, method: request.method, route, ms: Math.round(requestAgeMs(request)) },
    'abandoned',
  );
}

function durations() {
  return histogram({
    name: 'sluice_http_request_duration_seconds',
    help: 'Time from a request’s arrival to the end of its answer.',
    labels: ['method', 'route', 'status'],
  });
}
