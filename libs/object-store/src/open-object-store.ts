import { AzureObjectStore } from './azure/azure-object-store.js';
import { readKeyFile } from './local/key-file.js';
import { LocalObjectStore } from './local/local-object-store.js';
import { ObjectInventory, ObjectStore, ProbedStore } from './object-store.js';
import { S3ObjectStore } from './s3/s3-object-store.js';
import { StoreSettings } from './store-settings.js';

/** What every store needs beside its settings. */
export interface OpenStoreOptions {
  /** Folder of a local store. */
  readonly folder: string;
  /** Master key that is derived from the installation's secret: seals when no other is set, and opens what it sealed. */
  readonly derivedKey: Buffer;
  readonly staleAfterMs?: number;
  /** Told when an upload that failed could not be given up. For the log. */
  readonly onLeftover: (error: unknown) => void;
}

/**
 * Opens the store that the settings choose. A remote one is asked for nothing yet: it may come up later than we do.
 *
 * @throws Error for a key file or a folder that cannot be used
 */
export async function openObjectStore(
  settings: StoreSettings,
  { folder, derivedKey, staleAfterMs, onLeftover }: OpenStoreOptions,
): Promise<ObjectStore & ObjectInventory & ProbedStore> {
  switch (settings.kind) {
    case 's3':
      return new S3ObjectStore({ ...settings.s3, onLeftover });
    case 'azure':
      return new AzureObjectStore({ ...settings.azure, onLeftover });
    case 'local': {
      const fromFile = settings.keyFile === null ? [] : await readKeyFile(settings.keyFile);
      const [key = derivedKey, ...oldKeys] = [...settings.keys, ...fromFile, derivedKey];
      const stale = staleAfterMs === undefined ? {} : { staleAfterMs };
      return LocalObjectStore.open({ folder, key, oldKeys, ...stale });
    }
  }
}
