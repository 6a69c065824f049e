import { purgeExports } from '@sluice/export-orchestrator';
import { openMigrated } from '@sluice/metadata-db';
import { openObjectStore, storeSettingsSchema } from '@sluice/object-store';
import { deriveKey, postgresUrlOf, readSettings, secretOf } from '@sluice/service-kit';
import { Command, InvalidArgumentError } from 'commander';
import { join, resolve } from 'node:path';
import { Terminal } from './terminal.js';

const DAY_MS = 86_400_000;
const MOST_DAYS = 3_650;
const DEFAULT_HOME = '.sluice';

interface PurgeOptions {
  readonly olderThan?: number;
  readonly home?: string;
}

/** `sluice exports purge`: the files of exports, in the database of SLUICE_POSTGRES_URL and the store that SLUICE_STORE chooses. */
export function exportsCommand(terminal: Terminal): Command {
  const purge = new Command('purge')
    .description(
      'Removes files whose time is over, and prints how many are left; their jobs stay listed as expired.',
    )
    .option('--older-than <days>', 'files of exports that finished longer ago go too', readDays)
    .option('--home <folder>', 'state folder (default: SLUICE_HOME, else ./.sluice)')
    .action((options: PurgeOptions) => runPurge(options, terminal));
  return new Command('exports')
    .description('Looks after files of exports; needs SLUICE_POSTGRES_URL and SLUICE_SECRET.')
    .addCommand(purge);
}

async function runPurge({ olderThan, home }: PurgeOptions, terminal: Terminal): Promise<void> {
  const store = await openObjectStore(readSettings(storeSettingsSchema, terminal.env), {
    folder: join(resolve(home ?? (terminal.env['SLUICE_HOME'] || DEFAULT_HOME)), 'exports'),
    derivedKey: deriveKey(secretOf(terminal.env), 'store'),
    onLeftover: (error) => {
      terminal.stderr.write(`sluice: an upload could not be given up: ${String(error)}\n`);
    },
  });
  const dataSource = await openMigrated(postgresUrlOf(terminal.env), (error) => {
    terminal.stderr.write(`sluice: a connection to PostgreSQL broke: ${error.message}\n`);
  });
  try {
    const olderThanMs = olderThan === undefined ? null : olderThan * DAY_MS;
    const purged = await purgeExports(dataSource, store, { olderThanMs, signal: terminal.signal });
    terminal.stdout.write(`${JSON.stringify(purged, null, 2)}\n`);
  } finally {
    await dataSource.destroy();
  }
}

function readDays(text: string): number {
  const days = /^\d{1,4}$/.test(text) ? Number(text) : MOST_DAYS + 1;
  if (days <= MOST_DAYS) return days;
  throw new InvalidArgumentError(`Days are a whole number from 0 to ${MOST_DAYS}.`);
}
