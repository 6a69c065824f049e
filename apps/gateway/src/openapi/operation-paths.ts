import { ref, text, type Schema } from './json-schema.js';
import { jsonResponse, problems } from './responses.js';

const oauthError = (description: string): Schema => ({
  description,
  content: { 'application/json': { schema: ref('TokenError') } },
});

/** Tokens, probes, documents: all without a token. */
export const OPERATION_PATHS: Readonly<Record<string, Schema>> = {
  '/oauth/token': {
    post: {
      operationId: 'getToken',
      tags: ['Identity'],
      summary: 'Get a token by client credentials',
      description: 'RFC 6749, 4.4. Served while the built-in issuer is on. Tokens are good for 15 minutes.',
      security: [],
      requestBody: {
        required: true,
        content: { 'application/x-www-form-urlencoded': { schema: ref('TokenRequest') } },
      },
      responses: {
        200: jsonResponse('The token.', ref('TokenAnswer')),
        400: oauthError('The request is not valid.'),
        401: oauthError('The client is not known, or its secret is wrong.'),
        ...problems(['rate-limited'], false),
        500: oauthError('Something went wrong inside.'),
        503: oauthError('Too many clients ask at once.'),
      },
    },
  },
  '/oauth/jwks': {
    get: {
      operationId: 'getKeys',
      tags: ['Identity'],
      summary: 'Public keys of the built-in issuer',
      security: [],
      responses: { 200: jsonResponse('The keys.', ref('KeySet')) },
    },
  },
  '/.well-known/openid-configuration': {
    get: {
      operationId: 'discover',
      tags: ['Identity'],
      summary: 'What the built-in issuer serves',
      security: [],
      responses: { 200: jsonResponse('The document.', ref('Discovery')) },
    },
  },
  '/healthz': {
    get: {
      operationId: 'isAlive',
      tags: ['Operation'],
      summary: 'Whether the process is alive',
      security: [],
      responses: { 200: jsonResponse('It is.', ref('Alive')) },
    },
  },
  '/readyz': {
    get: {
      operationId: 'isReady',
      tags: ['Operation'],
      summary: 'Whether requests can be answered',
      security: [],
      responses: {
        200: jsonResponse('They can.', ref('Readiness')),
        503: jsonResponse('Something is missing.', ref('Readiness')),
      },
    },
  },
  '/metrics': {
    get: {
      operationId: 'getMetrics',
      tags: ['Operation'],
      summary: 'Metrics for Prometheus',
      security: [],
      responses: { 200: { description: 'The metrics.', content: { 'text/plain': { schema: text() } } } },
    },
  },
};
