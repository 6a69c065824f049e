import { KEY_BYTES, keyIdOf } from './file-format.js';

/** The master keys of a local store: one seals new files, all of them open old ones. */
export class KeyRing {
  private readonly byId: ReadonlyMap<string, Buffer>;

  /** Throws a RangeError for a key that has not 32 bytes. */
  constructor(
    /** Seals new files. */
    readonly newest: Buffer,
    older: readonly Buffer[] = [],
  ) {
    const keys = [...older, newest];
    if (keys.some((key) => key.length !== KEY_BYTES)) {
      throw new RangeError(`The store's key needs ${KEY_BYTES} bytes.`);
    }
    this.byId = new Map(keys.map((key) => [keyIdOf(key).toString('hex'), key]));
  }

  /** The key whose id stands in a file's header; undefined when it was taken away, or never was here. */
  find(keyId: Buffer): Buffer | undefined {
    return this.byId.get(keyId.toString('hex'));
  }
}
