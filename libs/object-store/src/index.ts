export { OBJECT_STORE, type ByteRange, type ObjectStore, type StagedObject } from './object-store.js';
export { exportKey, manifestKey, parseObjectKey, type ExportFileName } from './object-key.js';
export { LocalObjectStore, type LocalObjectStoreOptions } from './local/local-object-store.js';
