import { runQueryBench, Row } from './query-bench.js';

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

function table(rows: readonly Row[]): string {
  const number = (value: number): string => value.toFixed(value < 10 ? 2 : 0);
  const lines = rows.map(({ name, service, direct }) => {
    const ratio = direct ? (service.rate / direct.rate).toFixed(2) : '';
    const cells = [
      name,
      number(service.rate),
      direct ? number(direct.rate) : '',
      ratio,
      number(service.p50),
      number(service.p95),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| | service /s | engine alone /s | ratio | p50 ms | p95 ms |',
    '|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

async function main(): Promise<number> {
  if (process.argv[2] !== 'query' || process.argv.length > 3) {
    say('Usage: npm run bench -- query');
    return 2;
  }
  process.stdout.write(`${table(await runQueryBench(say))}\n`);
  return 0;
}

void main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 1;
  },
);
