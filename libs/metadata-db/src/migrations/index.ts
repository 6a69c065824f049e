import { OauthClients001_1700000000001 } from './001-oauth-clients.js';
import { ExportJobs002_1700000000002 } from './002-export-jobs.js';
import { AuditRecord003_1700000000003 } from './003-audit-record.js';
import { ClientClaims004_1700000000004 } from './004-client-claims.js';
import { ExportSlots005_1700000000005 } from './005-export-slots.js';
import { ExportListIndex006_1700000000006 } from './006-export-list-index.js';
import { ExportSubmissions007_1700000000007 } from './007-export-submissions.js';

/** All migrations in the order of their numbers. */
export const MIGRATIONS = [
  OauthClients001_1700000000001,
  ExportJobs002_1700000000002,
  AuditRecord003_1700000000003,
  ClientClaims004_1700000000004,
  ExportSlots005_1700000000005,
  ExportListIndex006_1700000000006,
  ExportSubmissions007_1700000000007,
];
