/** One message of a client to PostgreSQL, whole. */
export interface ClientMessage {
  readonly bytes: Buffer;
  /** For a COMMIT the statements of its transaction; null for every other message. */
  readonly commitOf: readonly string[] | null;
}

const BEGIN = /^\s*(BEGIN|START TRANSACTION)/i;
const COMMIT = /^\s*COMMIT/i;
const QUERY = 'Q';
const PARSE = 'P';

/** Cuts what one client sends into messages, and remembers the statements of the transaction that is open. */
export class ClientMessages {
  private pending = Buffer.alloc(0);
  /** Only the first message of a connection has no type before its length. */
  private started = false;
  private statements: string[] = [];

  *push(bytes: Buffer): Generator<ClientMessage> {
    this.pending = Buffer.concat([this.pending, bytes]);
    for (let whole = this.take(); whole !== null; whole = this.take()) {
      yield { bytes: whole, commitOf: this.commitOf(whole) };
    }
  }

  private take(): Buffer | null {
    const typed = this.started ? 1 : 0;
    if (this.pending.length < typed + 4) return null;
    const length = typed + this.pending.readInt32BE(typed);
    if (this.pending.length < length) return null;
    const whole = this.pending.subarray(0, length);
    this.pending = this.pending.subarray(length);
    this.started = true;
    return whole;
  }

  private commitOf(message: Buffer): readonly string[] | null {
    const text = statementIn(message);
    if (text === null) return null;
    if (BEGIN.test(text)) this.statements = [];
    if (COMMIT.test(text)) return this.statements;
    this.statements.push(text);
    return null;
  }
}

/** The text of a statement that is run at once, or prepared; null for every other message. */
function statementIn(message: Buffer): string | null {
  const type = String.fromCharCode(message[0] ?? 0);
  const texts = message.subarray(5).toString().split('\0');
  if (type === QUERY) return texts[0] ?? null;
  return type === PARSE ? (texts[1] ?? null) : null;
}
