import { execFileSync, spawnSync } from 'node:child_process';
import { NASTY_COLUMNS } from './nasty-table.js';

const isThere = (tool: string): boolean => spawnSync('which', [tool]).status === 0;
/** A test that is left out where a program is not installed. */
export const itWith = (tool: string) => (isThere(tool) ? it : it.skip);

/** The same rows with each number as a text: the engine's own reader of JSON takes long decimals for doubles. */
export const withNumbersAsTexts = (file: string): string => {
  const program =
    'import json, sys; text = open(sys.argv[1]).read(); read = lambda t: json.loads(t, parse_float=str, parse_int=str); ' +
    'rows = read(text) if text[0] == "[" else [read(t) for t in text.strip("\\n").split("\\n")]; ' +
    'json.dump(rows, open(sys.argv[2], "w"))';
  execFileSync('python3', ['-c', program, file, `${file}.texts`]);
  return `${file}.texts`;
};

/** The columns of the table in their types, from texts as a file has them. */
export const typed = (from: (name: string) => string): string =>
  Object.entries(NASTY_COLUMNS)
    .map(([name, type]) => {
      const target = { integer: 'bigint', text: 'varchar', timestamp: 'timestamptz' }[type as string] ?? type;
      const value = `cast(${from(name)} as ${target})`;
      return `${type === 'timestamp' ? `timezone('UTC', ${value})` : value} as ${name}`;
    })
    .join(', ');

/** For faults that the engine would only tell the log. */
export const failTest = (error: unknown): never => {
  throw error;
};
