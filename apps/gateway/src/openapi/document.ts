import { COMMON_SCHEMAS, ROLES_TEXT } from './common-schemas.js';
import { EXPORT_PATHS } from './export-paths.js';
import { EXPORT_SCHEMAS } from './export-schemas.js';
import { type Schema } from './json-schema.js';
import { OPERATION_PATHS } from './operation-paths.js';
import { QUERY_PATHS } from './query-paths.js';
import { QUERY_SCHEMAS } from './query-schemas.js';
import { withRateHeaders } from './rate-headers.js';

/** An OpenAPI 3.1 document, as plain JSON. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: Schema;
  readonly servers: readonly Schema[];
  readonly tags: readonly Schema[];
  readonly security: readonly Schema[];
  readonly paths: Readonly<Record<string, Schema>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly securitySchemes: Readonly<Record<string, Schema>>;
  };
}

/** Describes the whole HTTP API. The same bytes wherever it runs: the committed copy is compared with it. */
export function openApiDocument(): OpenApiDocument {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sluice',
      version: '1',
      description: `Governed, fast access to very large tables: query them page by page, or export them as files. ${ROLES_TEXT}`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'Query', description: 'One page of rows, limited to the tenant, masked for the role.' },
      { name: 'Datasets', description: 'What there is to query.' },
      { name: 'Exports', description: 'All rows of a query, as a file that is proven whole.' },
      { name: 'Identity', description: 'Tokens of the built-in issuer.' },
      { name: 'Operation', description: 'Probes and metrics.' },
    ],
    security: [{ bearer: [] }, { clientCredentials: [] }],
    paths: { ...withRateHeaders({ ...QUERY_PATHS, ...EXPORT_PATHS }), ...OPERATION_PATHS },
    components: {
      schemas: { ...COMMON_SCHEMAS, ...QUERY_SCHEMAS, ...EXPORT_SCHEMAS },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        clientCredentials: {
          type: 'oauth2',
          flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: {} } },
        },
      },
    },
  };
}
