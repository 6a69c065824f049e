import { SluiceError } from '@sluice/contracts';
import { LocalObjectStore, ObjectInventory, ObjectPage, ObjectStore } from '@sluice/object-store';
import { S3Emulator } from '@sluice/object-store/test/s3-emulator.js';
import { deriveKey } from '@sluice/service-kit';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Something that is on its way into the store, and that nobody can see. */
export interface StagedFile {
  readonly name: string;
  /** ms since 1970; when its upload began where the store does not tell more. */
  readonly writtenAt: number;
}

/** The store of a world: how its services reach it, and what lies in it, seen past the services. */
export interface WorldStore {
  readonly env: Readonly<Record<string, string>>;
  open(): Promise<ObjectStore & ObjectInventory>;
  /** Keys of everything that can be seen. */
  files(): Promise<readonly string[]>;
  staged(): Promise<readonly StagedFile[]>;
}

/** @param keys of the services, beside the one that is made of the secret */
export function localWorldStore(folder: string, secret: string, keys: readonly Buffer[] = []): WorldStore {
  const staging = join(folder, 'staging');
  return {
    env: {},
    open: () => LocalObjectStore.open({ folder, key: deriveKey(secret, 'store'), oldKeys: keys }),
    files: () => filesIn(join(folder, 'objects')),
    staged: async () => {
      const names = await filesIn(staging);
      return Promise.all(
        names.map(async (name) => {
          const writtenAt = await stat(join(staging, name)).then(
            ({ mtimeMs }) => mtimeMs,
            () => 0,
          );
          return { name, writtenAt };
        }),
      );
    },
  };
}

/** How long its services wait for S3, in ms: one try, and a call with its tries. */
export const S3_TIMES = { try: 3_000, call: 7_000 } as const;

/** The emulator once failed for more than five seconds. */
const LIST_MS = 90_000;
const LIST_AGAIN_MS = 250;

/** The emulator fails with 500 when a file that it lists goes meanwhile, and as long as one lies there half written. */
async function listed(s3: S3Emulator, from: string | null): Promise<ObjectPage> {
  for (const end = Date.now() + LIST_MS; ;) {
    try {
      return await s3.store().list('', from);
    } catch (error) {
      if (SluiceError.from(error).code !== 'unavailable' || Date.now() > end) throw error;
      await sleep(LIST_AGAIN_MS);
    }
  }
}

export function s3WorldStore(s3: S3Emulator): WorldStore {
  const files = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    for (let from: string | null = null; ;) {
      const { objects, next } = await listed(s3, from);
      found.push(...objects.map(({ key }) => key));
      if (next === null) return found;
      from = next;
    }
  };
  return {
    env: {
      ...s3.settings,
      SLUICE_STORE_TRY_MS: String(S3_TIMES.try),
      SLUICE_STORE_CALL_MS: String(S3_TIMES.call),
    },
    open: () => Promise.resolve(s3.store()),
    files,
    staged: async () =>
      [...s3.openUploads.values()].map(({ key, initiated }) => ({
        name: key,
        writtenAt: initiated.getTime(),
      })),
  };
}

/** All files below a folder, relative to it. */
async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}
