import { ErrorPayload, SluiceError } from '@sluice/contracts';
import { callerLeft, timedOut } from './faults.js';
import { timerDelay } from './limits.js';

/** One request between being asked and being answered. The first ending counts, later ones are ignored. */
export class PendingCall {
  readonly answer: Promise<unknown>;
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private resolve!: (value: unknown) => void;
  private reject!: (error: SluiceError) => void;
  private readonly onCallerLeft = (): void => this.abandon(callerLeft());

  constructor(
    readonly message: unknown,
    name: string,
    timeoutMs: number,
    private readonly callerSignal: AbortSignal | undefined,
    private readonly onEnd: (call: PendingCall) => void,
  ) {
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.timer = setTimeout(() => this.abandon(timedOut(name, timeoutMs)), timerDelay(timeoutMs));
    callerSignal?.addEventListener('abort', this.onCallerLeft, { once: true });
  }

  /** What the handler sees: aborted as soon as nobody waits any more. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  succeed(value: unknown): void {
    this.end();
    this.resolve(value);
  }

  /** Ends with what the handler threw, in the shape that would cross a process boundary. */
  fail(payload: ErrorPayload): void {
    this.end();
    this.reject(SluiceError.fromPayload(payload));
  }

  /** Ends the wait and tells the handler to stop. */
  abandon(error: SluiceError): void {
    this.end();
    this.reject(error);
    this.controller.abort(error);
  }

  private end(): void {
    clearTimeout(this.timer);
    this.callerSignal?.removeEventListener('abort', this.onCallerLeft);
    this.onEnd(this);
  }
}
