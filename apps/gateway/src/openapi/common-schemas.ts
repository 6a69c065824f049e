import { ERROR_CODES, ROLES } from '@sluice/contracts';
import { PROBLEM_EXAMPLE } from './examples.js';
import { listOf, record, text, whole, type Schema } from './json-schema.js';

/** Errors, tokens, probes. */
export const COMMON_SCHEMAS: Readonly<Record<string, Schema>> = {
  Problem: record(
    {
      type: text('`urn:sluice:error:` and the code.', { format: 'uri' }),
      title: text('The same for each error of this code.'),
      status: whole(),
      detail: text('What is wrong with this request.'),
      instance: text('Path of the request.'),
      code: { enum: Object.keys(ERROR_CODES), description: 'Stable; made for programs.' },
      requestId: text('Also in the header X-Request-Id; finds the request in the logs.'),
      pointer: text('JSON pointer (RFC 6901) into the body.'),
      position: whole('Offset in characters inside an expression.'),
      suggestion: text('The nearest known name.'),
      limit: record({ name: text(), value: { type: 'number' } }),
    },
    ['pointer', 'position', 'suggestion', 'limit'],
    { description: 'RFC 9457.', examples: [PROBLEM_EXAMPLE] },
  ),
  TokenRequest: record(
    {
      grant_type: { const: 'client_credentials' },
      client_id: text('Here with the secret, or both in an HTTP Basic header.'),
      client_secret: text(),
      resource: text('The audience; may be left out.'),
    },
    ['client_id', 'client_secret', 'resource'],
  ),
  TokenAnswer: record({
    access_token: text('A JWT with the claims `tenants` and `roles`.'),
    expires_in: whole('Seconds.'),
    token_type: { const: 'Bearer' },
  }),
  TokenError: record({ error: text(), error_description: text() }, ['error_description'], {
    description: 'RFC 6749, 5.2.',
  }),
  Discovery: record(
    {
      issuer: text(undefined, { format: 'uri' }),
      token_endpoint: text(undefined, { format: 'uri' }),
      jwks_uri: text(undefined, { format: 'uri' }),
      grant_types_supported: listOf(text()),
      response_types_supported: listOf(text()),
      subject_types_supported: listOf(text()),
      id_token_signing_alg_values_supported: listOf(text()),
      token_endpoint_auth_methods_supported: listOf(text()),
      claims_supported: listOf(text()),
    },
    [],
    { description: 'OpenID Connect Discovery 1.0.' },
  ),
  KeySet: record({
    keys: listOf(
      record({ kty: text(), crv: text(), x: text(), y: text(), kid: text(), alg: text(), use: text() }),
    ),
  }),
  Alive: record({ status: { const: 'ok' } }),
  Readiness: record({ status: { enum: ['ready', 'not-ready'] }, notReady: listOf(text()) }),
};

/** @see SPEC P2 */
export const ROLES_TEXT = `Roles: ${ROLES.join(', ')}. A viewer queries; an exporter also exports; an admin does all.`;
