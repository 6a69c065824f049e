import { ExportJobs002_1700000000002 } from './002-export-jobs.js';

/** All migrations in the order of their numbers. */
export const MIGRATIONS = [ExportJobs002_1700000000002];
