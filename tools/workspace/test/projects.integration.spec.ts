import { readFileSync, readdirSync, existsSync } from 'node:fs';
import path from 'node:path';
import { root } from '../src/paths.mjs';

interface PackageFile {
  readonly name: string;
  readonly nx?: { readonly name?: string; readonly tags?: readonly string[] };
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8'));
}

/** Every folder that holds code of ours and says so by a package.json, such as "libs/catalog". */
const projects = ['apps', 'libs', 'tools'].flatMap((group) =>
  readdirSync(path.join(root, group), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(root, group, entry.name, 'package.json')))
    .map((entry) => `${group}/${entry.name}`),
);
const layers = { apps: ['app', 'suite'], libs: ['adapter', 'core', 'contract'], tools: ['suite'] };

describe('the workspace', () => {
  const references = (readJson('tsconfig.json') as { references: { path: string }[] }).references;

  it('is built from exactly its projects', () => {
    expect(references.map((reference) => reference.path).sort()).toEqual([...projects].sort());
  });

  it.each(projects)('%s has one layer, one plane, and the name of its folder', (project) => {
    const { name, nx } = readJson(`${project}/package.json`) as PackageFile;
    const [group, folder] = project.split('/') as [keyof typeof layers, string];
    const tags = nx?.tags ?? [];
    const layer = tags.filter((tag) => tag.startsWith('layer:')).map((tag) => tag.slice('layer:'.length));
    expect({ name, nx: nx?.name }).toEqual({ name: `@sluice/${folder}`, nx: folder });
    expect(layer).toHaveLength(1);
    expect(layers[group]).toContain(layer[0]);
    expect(tags.filter((tag) => /^plane:(edge|control|data|shared|suite)$/.test(tag))).toHaveLength(1);
    expect(tags).toHaveLength(2);
  });

  it.each(projects)('%s leaves third-party packages to the root', (project) => {
    const file = readJson(`${project}/package.json`) as Record<string, unknown>;
    expect(Object.keys(file)).not.toEqual(expect.arrayContaining([expect.stringMatching(/dependencies/i)]));
  });

  it('builds images with the Node that it pins', () => {
    const { devDependencies } = readJson('package.json') as { devDependencies: Record<string, string> };
    const dockerfile = readFileSync(path.join(root, 'Dockerfile'), 'utf8');
    expect(/^ARG NODE_VERSION=(.*)$/m.exec(dockerfile)?.[1]).toBe(devDependencies['node']);
  });

  it('pins every third-party package to one version', () => {
    const { dependencies, devDependencies } = readJson('package.json') as Record<string, object>;
    const versions = Object.values({ ...dependencies, ...devDependencies }) as string[];
    expect(versions.length).toBeGreaterThan(20);
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });
});
