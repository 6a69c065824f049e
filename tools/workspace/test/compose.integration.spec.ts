import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { root } from '../src/paths.mjs';

interface Compose {
  readonly services: Record<
    string,
    {
      readonly build?: { readonly args: { readonly APP: string } };
      readonly environment?: Record<string, string>;
      readonly healthcheck?: object;
      readonly image?: string;
      readonly entrypoint?: readonly string[];
      readonly command?: readonly string[];
      readonly depends_on?: unknown;
    }
  >;
}

const text = readFileSync(path.join(root, 'docker-compose.yml'), 'utf8');
const { services } = parse(text, { merge: true }) as Compose;
const apps = ['gateway', 'query-service', 'export-orchestrator', 'export-worker', 'audit-service'];

/** Every variable that an app or library names in its sources. */
function variablesInSources(): Set<string> {
  const folders = ['apps', 'libs'].flatMap((group) =>
    readdirSync(path.join(root, group)).map((project) => path.join(root, group, project, 'src')),
  );
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
      .map((file) => readFileSync(path.join(folder, file), 'utf8')),
  );
  return new Set(files.flatMap((source) => source.match(/\b(SLUICE_[A-Z0-9_]+|PORT)\b/g) ?? []));
}

describe('docker-compose.yml', () => {
  it.each(apps)('starts %s, with settings that something reads', (app) => {
    const known = variablesInSources();
    expect(services[app]?.build?.args.APP).toBe(app);
    expect(Object.keys(services[app]?.environment ?? {}).filter((name) => !known.has(name))).toEqual([]);
  });

  it('starts everything at once, and migrates once', () => {
    const waiting = Object.entries(services).filter(([, { depends_on: needed }]) => needed !== undefined);
    expect(waiting.map(([name]) => name)).toEqual([]);
    const { entrypoint = [], command, environment } = services['migrate']!;
    expect(readFileSync(path.join(root, entrypoint[1] ?? ''), 'utf8')).toContain('main.js');
    expect(command).toEqual(['migrate', '--wait', '120']);
    expect(Object.keys(environment ?? {})).toEqual(['SLUICE_POSTGRES_URL']);
  });

  it.each(['postgres', 'redis', 'rabbitmq', 'azurite'])('starts %s and knows when it is ready', (server) => {
    expect(services[server]).toMatchObject({ image: expect.any(String), healthcheck: expect.any(Object) });
  });

  it('has no default for a secret: it is asked for, or compose refuses; those of a store, or certificate, that is not used stay empty', () => {
    const asked = text.match(/\$\{\w*(SECRET|PASSWORD|KEY)\w*[^}]*\}/g) ?? [];
    const ofStores = (use: string) => /^\$\{SLUICE_(STORE|S3|AZURE|GRPC)_\w+:-\}$/.test(use);
    expect(asked.filter((use) => use.includes(':?')).length).toBeGreaterThan(4);
    expect(asked.filter((use) => !use.includes(':?') && !ofStores(use))).toEqual([]);
  });

  it('names every variable that it asks for in .env.example', () => {
    const example = readFileSync(path.join(root, '.env.example'), 'utf8');
    const names = [...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name ?? '');
    expect([...new Set(names)].filter((name) => !new RegExp(`^(# )?${name}=`, 'm').test(example))).toEqual(
      [],
    );
  });
});
