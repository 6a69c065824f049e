import { adviceFor, connectMetadata, migrate, readSchemaState } from '@sluice/metadata-db';
import { keepTrying, postgresUrlOf, seldom } from '@sluice/service-kit';
import { Command, InvalidArgumentError } from 'commander';
import { DataSource } from 'typeorm';
import { Terminal } from './terminal.js';

const MOST_SECONDS = 3_600;

interface MigrateOptions {
  readonly check?: true;
  readonly wait: number;
}

/** `sluice migrate`: brings the schema of the database of SLUICE_POSTGRES_URL up to date; services only wait for it. */
export function migrateCommand(terminal: Terminal): Command {
  return new Command('migrate')
    .description(
      'Brings the database up to date, and prints what was applied; needs SLUICE_POSTGRES_URL. Safe to run several times at once.',
    )
    .option(
      '--check',
      'change nothing: print how the schema stands, and fail unless this version can run with it',
    )
    .option('--wait <seconds>', 'how long to wait for a database that is not there yet', readSeconds, 0)
    .action((options: MigrateOptions) => run(options, terminal));
}

async function run({ check, wait }: MigrateOptions, terminal: Terminal): Promise<void> {
  const url = postgresUrlOf(terminal.env);
  const dataSource = await connectInTime(url, wait, terminal);
  try {
    if (check) await tellState(dataSource, terminal);
    else tell(terminal, { applied: await migrate(dataSource) });
  } finally {
    await dataSource.destroy();
  }
}

async function tellState(dataSource: DataSource, terminal: Terminal): Promise<void> {
  const state = await readSchemaState(dataSource);
  tell(terminal, state);
  if (state.pending.length + state.incompatible.length > 0) throw new Error(adviceFor(state));
}

/** Tries once, and again until the time is up or the user has had enough. */
function connectInTime(url: string, seconds: number, { stderr, signal }: Terminal): Promise<DataSource> {
  const until = performance.now() + seconds * 1_000;
  const say = seldom((error) => {
    stderr.write(`sluice: ${String(error instanceof Error ? error.message : error)} Waiting for it.\n`);
  }, 10_000);
  const attempt = (): Promise<DataSource> =>
    connectMetadata(url, (error) => {
      stderr.write(`sluice: a connection to PostgreSQL broke: ${error.message}\n`);
    });
  return keepTrying(attempt, { signal, onFailure: say, isFinal: () => performance.now() >= until });
}

function tell({ stdout }: Terminal, answer: object): void {
  stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
}

function readSeconds(text: string): number {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : MOST_SECONDS + 1;
  if (seconds <= MOST_SECONDS) return seconds;
  throw new InvalidArgumentError(`Seconds are a whole number from 0 to ${MOST_SECONDS}.`);
}
