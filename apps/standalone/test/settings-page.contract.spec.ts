import { AUDIT_SERVICE_SETTINGS } from '@sluice/audit-service';
import { EXPORT_ORCHESTRATOR_SETTINGS } from '@sluice/export-orchestrator';
import { EXPORT_WORKER_SETTINGS } from '@sluice/export-worker';
import { GATEWAY_SETTINGS } from '@sluice/gateway';
import { STORE_SETTINGS } from '@sluice/object-store';
import { QUERY_SERVICE_SETTINGS } from '@sluice/query-service';
import { NETWORK_SETTINGS, POSTGRES_SETTINGS, SECRET_SETTINGS } from '@sluice/service-kit';

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { STANDALONE_SETTINGS } from '../src/standalone.config.js';

const ROOT = join(__dirname, '../../..');

interface Field {
  safeParse(value: unknown): { readonly success: boolean; readonly data?: unknown };
}
interface Schema {
  readonly shape: Readonly<Record<string, Field>>;
}

/** Whose schema holds what; the letters are those of the page. */
const READERS: Readonly<Record<string, readonly Schema[]>> = {
  G: [NETWORK_SETTINGS, POSTGRES_SETTINGS, STORE_SETTINGS, GATEWAY_SETTINGS],
  Q: [NETWORK_SETTINGS, QUERY_SERVICE_SETTINGS],
  O: [NETWORK_SETTINGS, POSTGRES_SETTINGS, SECRET_SETTINGS, STORE_SETTINGS, EXPORT_ORCHESTRATOR_SETTINGS],
  W: [NETWORK_SETTINGS, STORE_SETTINGS, EXPORT_WORKER_SETTINGS],
  A: [NETWORK_SETTINGS, POSTGRES_SETTINGS, AUDIT_SERVICE_SETTINGS],
};
/** What is read outside of any schema, by whom. */
const BESIDE: Readonly<Record<string, string>> = {
  SLUICE_ALLOW_UNSAFE: 'G, Q, O, W, A',
  SLUICE_FAILPOINT: 'G, Q, O, W, A',
  UV_THREADPOOL_SIZE: 'Q, W',
};

function textOf(value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'none';
  return `\`${String(value)}\``;
}

/** What a schema says of a variable that is not set. */
function defaultOf(field: Field): string {
  const { success, data } = field.safeParse(undefined);
  return success ? textOf(data) : 'required';
}

/** By variable: its default and who reads it, as the page writes them. */
function told(): Map<string, { readonly by: string[]; readonly defaults: Set<string> }> {
  const found = new Map<string, { by: string[]; defaults: Set<string> }>();
  for (const [letter, schemas] of Object.entries(READERS)) {
    for (const { shape } of schemas) {
      for (const [name, field] of Object.entries(shape)) {
        const known = found.get(name) ?? { by: [], defaults: new Set() };
        if (!known.by.includes(letter)) known.by.push(letter);
        known.defaults.add(defaultOf(field));
        found.set(name, known);
      }
    }
  }
  return found;
}

async function page(): Promise<string> {
  return readFile(join(ROOT, 'docs/settings.md'), 'utf8');
}

/** Rows of the page's tables: variable, default, readers. */
function rowsOf(text: string, from: string, to?: string): Map<string, readonly [string, string]> {
  const part = text.slice(text.indexOf(from), to === undefined ? undefined : text.indexOf(to));
  const rows = [...part.matchAll(/^\| `([A-Z0-9_]+)`\s*\|([^|]*)\|([^|]*)\|/gm)];
  return new Map(rows.map(([, name = '', value = '', by = '']) => [name, [value.trim(), by.trim()]]));
}

describe('docs/settings.md', () => {
  it('holds every variable of the services with its default and its readers, and no other', async () => {
    const rows = rowsOf(await page(), '## The five services', '## One process');
    const schemas = [...told()].map(([name, { by, defaults }]) => [
      name,
      [[...defaults].join(' or '), by.join(', ')],
    ]);
    const beside = Object.entries(BESIDE).map(([name, by]) => [name, ['none', by]]);
    const byName = (entries: readonly unknown[]) =>
      Object.fromEntries(entries as [string, unknown][]) as object;
    expect(byName([...rows])).toEqual(byName([...schemas, ...beside]));
  });

  it('holds what the standalone program reads for itself', async () => {
    const rows = rowsOf(await page(), '## One process');
    const expected = Object.entries(STANDALONE_SETTINGS.shape).map(([name, field]) => [
      name,
      defaultOf(field),
    ]);
    expect([...rows].map(([name, [value]]) => [name, value]).sort()).toEqual(expected.sort());
  });

  it('misses no variable that a source names', async () => {
    const text = await page();
    const names = new Set<string>();
    for (const group of ['apps', 'libs']) {
      for (const project of await readdir(join(ROOT, group))) {
        const folder = join(ROOT, group, project, 'src');
        for (const file of await readdir(folder, { recursive: true })) {
          if (!file.endsWith('.ts') || file.endsWith('.spec.ts')) continue;
          const source = await readFile(join(folder, file), 'utf8');
          for (const [name] of source.matchAll(/\bSLUICE_[A-Z0-9]+(_[A-Z0-9]+)*\b/g)) names.add(name);
        }
      }
    }
    const forTests = /^SLUICE_TEST_/;
    expect([...names].filter((name) => !forTests.test(name) && !text.includes(`\`${name}\``))).toEqual([]);
  });
});
