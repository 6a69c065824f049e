/** Bytes of a seal that tell it from all others. */
const KEPT_BYTES = 12;

/**
 * Seals of requests that were taken, so that a copy of one is refused. Bounded: of more than `limit`, the oldest are forgotten, and by
 * their age they are refused soon after. Each costs some 60 bytes.
 */
export class RecentSeals {
  private readonly seals = new Set<string>();

  constructor(private readonly limit: number) {}

  /** False when it was taken before. */
  take(seal: Buffer): boolean {
    const key = seal.toString('latin1', 0, KEPT_BYTES);
    if (this.seals.has(key)) return false;
    this.seals.add(key);
    if (this.seals.size > this.limit) {
      const [oldest] = this.seals;
      if (oldest !== undefined) this.seals.delete(oldest);
    }
    return true;
  }
}
