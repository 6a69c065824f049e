import { createHmac, randomBytes } from 'node:crypto';
import { SluiceError } from '@sluice/contracts';
import { hashSecret, matchesSecret } from './hash-secret.js';

const AT_ONCE = 2;
const WAITING = 64;
const REMEMBERED = 1_000;
const REMEMBER_MS = 300_000;

/**
 * Compares client secrets with their hashes. Hashing costs memory and a thread of the pool, so only two run at a time
 * and 64 wait; a secret that matched is remembered for five minutes (under a key of this process), because clients
 * without a token cache ask before every request. The hash is part of what is remembered: a rotation forgets.
 */
export class SecretCheck {
  private readonly key = randomBytes(32);
  private readonly remembered = new Map<string, number>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private decoy: Promise<string> | undefined;

  constructor(
    private readonly compare: typeof matchesSecret = matchesSecret,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws SluiceError `overloaded` when too many are waiting */
  async matches(secret: string, stored: string): Promise<boolean> {
    const memory = createHmac('sha256', this.key).update(`${stored}\n${secret}`).digest('base64url');
    if ((this.remembered.get(memory) ?? 0) > this.now()) return true;
    const matched = await this.inTurn(() => this.compare(secret, stored));
    if (matched) this.remember(memory);
    return matched;
  }

  /** Takes as long as a comparison, so that the time does not tell whether a client exists. */
  async pretend(): Promise<void> {
    this.decoy ??= hashSecret(randomBytes(16).toString('hex'));
    const stored = await this.decoy;
    await this.inTurn(() => this.compare('', stored));
  }

  private remember(memory: string): void {
    const [oldest] = this.remembered.keys();
    if (this.remembered.size >= REMEMBERED && oldest !== undefined) this.remembered.delete(oldest);
    this.remembered.set(memory, this.now() + REMEMBER_MS);
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= AT_ONCE) {
      if (this.waiting.length >= WAITING) {
        throw new SluiceError('overloaded', 'Too many clients ask for tokens.', { retryAfter: 1 });
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else this.running += 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }
}
