import { resolve } from 'node:path';

export type AppName = 'audit-service' | 'query-service' | 'export-orchestrator' | 'export-worker' | 'gateway';

const THIS = resolve(__dirname, '../../..');
/** A clone of an older version, built, given as `SLUICE_OLD_BUILD=DIR`: some processes are then of that version. */
const OLDER = process.env['SLUICE_OLD_BUILD'] ?? THIS;

/** What a process of an app runs; of the older build where one was given. */
export function programOf(app: AppName, age: 'this' | 'older' = 'this'): string {
  return resolve(age === 'older' ? OLDER : THIS, 'apps', app, 'dist/main.js');
}
