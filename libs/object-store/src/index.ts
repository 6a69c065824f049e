export { OBJECT_STORE, type ByteRange, type ObjectStore, type StagedObject } from './object-store.js';
