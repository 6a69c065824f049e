import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { root } from '../src/paths.mjs';

interface Message {
  readonly ruleId: string | null;
  readonly message: string;
}

const boundaries = '@nx/enforce-module-boundaries';

/** [what is tried, the file it is tried in, its text, the rule that must answer; null when it is allowed] */
const attempts: readonly (readonly [string, string, string, string | null])[] = [
  ['the edge imports the engine', 'apps/gateway', '@sluice/engine', boundaries],
  ['the edge imports the query language', 'apps/gateway', '@sluice/query-dsl', boundaries],
  ['the control plane imports the policy', 'apps/export-orchestrator', '@sluice/policy', boundaries],
  ['an app imports an app', 'apps/query-service', '@sluice/gateway', boundaries],
  ['a core library imports an adapter', 'libs/query-dsl', '@sluice/engine', boundaries],
  ['an adapter imports an adapter', 'libs/messaging', '@sluice/metadata-db', boundaries],
  ['an adapter imports an app', 'libs/engine', '@sluice/query-service', boundaries],
  ['the contract imports a core library', 'libs/contracts', '@sluice/catalog', boundaries],
  ['a project reaches past an index', 'apps/query-service', '../../../libs/engine/src/index.js', boundaries],
  ['a core library imports Nest', 'libs/catalog', '@nestjs/common', 'no-restricted-imports'],
  ['a core library imports a driver', 'libs/query-dsl', '@duckdb/node-api', 'no-restricted-imports'],
  ['a core library imports the process', 'libs/policy', 'node:process', 'no-restricted-imports'],
  ['a core library imports files', 'libs/contracts', 'node:fs/promises', 'no-restricted-imports'],
  ['the data plane imports the engine', 'apps/query-service', '@sluice/engine', null],
  ['a core library imports the contract', 'libs/policy', '@sluice/contracts', null],
];

const globals = ['process.pid', 'Date.now()', 'performance.now()', 'setTimeout(() => 1, 1)'];
const cores = ['contracts', 'catalog', 'query-dsl', 'policy'];

function lint(texts: readonly { file: string; text: string }[]): Message[][] {
  const output = execFileSync(process.execPath, [path.join(root, 'tools/workspace/src/lint-texts.mjs')], {
    cwd: root,
    input: JSON.stringify(texts),
    env: { ...process.env, NX_DAEMON: 'false' },
    encoding: 'utf8',
    timeout: 120_000,
  });
  return JSON.parse(output) as Message[][];
}

describe('lint, on deliberate violations', () => {
  const uses = cores.flatMap((core) => globals.map((use) => [core, use] as const));
  let ofAttempts: Message[][];
  let ofUses: Message[][];

  beforeAll(() => {
    const imports = attempts.map(([, project, from]) => ({
      file: `${project}/src/index.ts`,
      text: `export * as thing from '${from}';\n`,
    }));
    const texts = uses.map(([core, use]) => ({
      file: `libs/${core}/src/index.ts`,
      text: `export const used: unknown = ${use};\n`,
    }));
    const found = lint([...imports, ...texts]);
    ofAttempts = found.slice(0, imports.length);
    ofUses = found.slice(imports.length);
  });

  it.each(attempts.map((attempt, index) => [...attempt, index] as const))(
    '%s (%s from %s): %s',
    (_what, _project, _from, rule, index) => {
      const rules = ofAttempts[index]!.map(({ ruleId }) => ruleId);
      expect(rules).toEqual(rule === null ? [] : [rule]);
    },
  );

  it.each(uses.map((use, index) => [...use, index] as const))(
    'the core library %s does not use %s',
    (_core, _use, index) => {
      expect(ofUses[index]!.map(({ ruleId }) => ruleId)).toContain('no-restricted-globals');
    },
  );
});
