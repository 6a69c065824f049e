export {
  canLink,
  LINK_SECONDS,
  OBJECT_STORE,
  type ByteRange,
  type LinkedFile,
  type LinkingObjectStore,
  type ObjectInventory,
  type ObjectPage,
  type ObjectStore,
  type ProbedStore,
  type StagedObject,
  type StoredObject,
} from './object-store.js';
export { exportKey, manifestKey, parseObjectKey, type ExportFileName } from './object-key.js';
export { LocalObjectStore, type LocalObjectStoreOptions } from './local/local-object-store.js';
export { type CallLimits } from './remote/call-limits.js';
export { type S3Encryption, type S3Options } from './s3/s3-connection.js';
export { S3ObjectStore, type S3StoreOptions } from './s3/s3-object-store.js';
export { type AzureOptions } from './azure/azure-connection.js';
export { AzureObjectStore, type AzureStoreOptions } from './azure/azure-object-store.js';
export { openObjectStore, type OpenStoreOptions } from './open-object-store.js';
export { STORE_SETTINGS, storeSettingsSchema, type StoreSettings } from './store-settings.js';
