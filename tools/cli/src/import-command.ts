import { ImportedTable, importTable } from '@sluice/engine';
import { Command, Option } from 'commander';
import { join, resolve } from 'node:path';
import { ProgressLine } from './progress-line.js';
import { Terminal } from './terminal.js';

interface ImportOptions {
  readonly as: string;
  readonly tenant?: string;
  readonly shared?: true;
  readonly key: readonly string[];
  readonly home?: string;
}

const DEFAULT_HOME = '.sluice';

/** `sluice import`: loads a file into a dataset. */
export function importCommand(terminal: Terminal): Command {
  return new Command('import')
    .description('load a CSV, JSON, NDJSON or Parquet file (text may be gzipped) into a dataset')
    .argument('<file>', 'the file; its name tells the kind')
    .requiredOption('--as <name>', 'name of the dataset')
    .addOption(new Option('--tenant <column>', 'column that holds the tenant').conflicts('shared'))
    .option('--shared', 'every tenant may read all of it')
    .requiredOption('--key <columns>', 'columns that are unique together, separated by commas', splitList)
    .option('--home <folder>', 'state folder (default: SLUICE_HOME, else ./.sluice)')
    .action((file: string, options: ImportOptions) => runImport(file, options, terminal));
}

async function runImport(file: string, options: ImportOptions, terminal: Terminal): Promise<void> {
  if (options.tenant === undefined && !options.shared) {
    throw new Error(
      'Say which column holds the tenant (--tenant COLUMN), or that every tenant may read all of it (--shared).',
    );
  }
  const home = resolve(options.home ?? (terminal.env['SLUICE_HOME'] || DEFAULT_HOME));
  const progress = new ProgressLine(terminal.stderr);
  try {
    const imported = await importTable({
      source: { file },
      dataDir: join(home, 'data'),
      catalogDir: join(home, 'catalog'),
      name: options.as,
      tenant: options.tenant ?? null,
      key: options.key,
      onProgress: (step) => {
        progress.show(step);
      },
      signal: terminal.signal,
    });
    progress.end();
    terminal.stdout.write(summary(imported));
  } finally {
    progress.end();
  }
}

function summary({ name, rows, version, catalogFile }: ImportedTable): string {
  const first = `Imported ${rows.toLocaleString('en-US')} rows into ${name} (version ${version}).\n`;
  if (catalogFile === null) return first;
  return `${first}Described it in ${catalogFile}: no column has a class yet, so none is masked; add classes and relations there.\n`;
}

function splitList(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
