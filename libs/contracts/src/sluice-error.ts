import { ErrorCode, isErrorCode } from './error-codes.js';

/** What travels with an error: where it is wrong, and the limit that was met. Never row values, SQL or paths. */
export interface ErrorDetails {
  /** JSON pointer (RFC 6901) into the request body. */
  readonly pointer?: string;
  /** Offset in characters inside an expression. */
  readonly position?: number;
  /** The nearest known name, for a misspelt one. */
  readonly suggestion?: string;
  /** The limit that was exceeded, by its name. */
  readonly limit?: { readonly name: string; readonly value: number };
  /** Seconds after which trying again makes sense. */
  readonly retryAfter?: number;
}

/** The shape in which an error crosses a process boundary, where `instanceof` does not survive. */
export interface ErrorPayload {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

/** A fault with a code of the register. Its message is written for the caller. */
export class SluiceError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'SluiceError';
  }

  toPayload(): ErrorPayload {
    return { code: this.code, message: this.message, details: this.details };
  }

  /** Restores an error from the wire. A payload that is not one becomes `internal`. */
  static fromPayload(payload: unknown): SluiceError {
    const { code, message, details } = (payload ?? {}) as Partial<ErrorPayload>;
    if (!isErrorCode(code) || typeof message !== 'string') return SluiceError.internal(payload);
    return new SluiceError(code, message, details ?? {});
  }

  /** Wraps anything thrown; what is not ours says nothing of its cause to the caller. */
  static from(thrown: unknown): SluiceError {
    return thrown instanceof SluiceError ? thrown : SluiceError.internal(thrown);
  }

  private static internal(cause: unknown): SluiceError {
    return new SluiceError(
      'internal',
      'Something went wrong inside; the request id finds it in the log.',
      {},
      { cause },
    );
  }
}
