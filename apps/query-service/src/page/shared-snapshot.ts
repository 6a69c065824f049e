import { EngineSnapshot } from '@sluice/engine';

/** Keeps a version of the data open for all who use it: a shared run may outlive the caller that began it. */
export class SharedSnapshot {
  #holders = 1;

  /** The maker is the first holder. */
  constructor(readonly data: EngineSnapshot) {}

  /** Uses the data for as long as `use` runs. To be called by a holder. */
  async during<T>(use: (data: EngineSnapshot) => Promise<T>): Promise<T> {
    this.#holders += 1;
    try {
      return await use(this.data);
    } finally {
      this.release();
    }
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.data.release();
  }
}
