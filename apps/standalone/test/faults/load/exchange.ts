import { Tenant } from '../world-data.js';

/**
 * `query` a page; `unchanged` a page that the client has; `submit` an export; `look` how it stands; `link` its file, at the gateway;
 * `file` the bytes, at the store.
 */
export type ExchangeKind = 'query' | 'unchanged' | 'submit' | 'look' | 'link' | 'file';

export type Outcome =
  | { readonly kind: 'right' }
  /** An answer that says no: `code` of the problem document, `none` without one; `retryAfter` in seconds. */
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly code: string;
      readonly retryAfter: number | null;
    }
  /** No connection, or one that broke. */
  | { readonly kind: 'broken'; readonly reason: string }
  /** Nothing came within the client's deadline. */
  | { readonly kind: 'hang'; readonly afterMs: number }
  | { readonly kind: 'wrong'; readonly what: string };

/** One request and what came of it. Times in ms since 1970. */
export interface Exchange {
  readonly kind: ExchangeKind;
  readonly tenant: Tenant;
  readonly from: number;
  readonly to: number;
  readonly outcome: Outcome;
  /** As the answer named it. */
  readonly requestId: string | null;
}

export interface Ask {
  readonly kind: ExchangeKind;
  readonly tenant: Tenant;
  /** When a client gives up, in ms: somewhat after the answer was promised. */
  readonly deadlineMs: number;
  readonly send: (signal: AbortSignal) => Promise<Response>;
  /** What is wrong with an answer that does not refuse; null when all of it is right. */
  readonly judge: (answer: Response) => Promise<string | null>;
}

/** Sends one request. Never rejects: whatever happens is an outcome. */
export async function exchange({ kind, tenant, deadlineMs, send, judge }: Ask): Promise<Exchange> {
  const from = Date.now();
  const signal = AbortSignal.timeout(deadlineMs);
  let requestId: string | null = null;
  const asked = async (): Promise<Outcome> => {
    const answer = await send(signal);
    requestId = answer.headers.get('x-request-id');
    if (answer.status >= 400) return refusalIn(answer);
    const what = await judge(answer);
    return what === null ? { kind: 'right' } : { kind: 'wrong', what };
  };
  const outcome = await asked().catch((error: unknown): Outcome =>
    signal.aborted ? { kind: 'hang', afterMs: deadlineMs } : { kind: 'broken', reason: reasonOf(error) },
  );
  return { kind, tenant, from, to: Date.now(), outcome, requestId };
}

async function refusalIn(answer: Response): Promise<Outcome> {
  const text = await answer.text();
  const retryAfter = answer.headers.get('retry-after');
  return {
    kind: 'refused',
    status: answer.status,
    code: codeIn(text),
    retryAfter: retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null,
  };
}

function codeIn(text: string): string {
  try {
    const { code } = JSON.parse(text) as { code?: unknown };
    return typeof code === 'string' ? code : 'none';
  } catch {
    return 'none';
  }
}

/** `fetch` says only that it failed; why is in the cause. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: string; message?: string }; message?: string };
  return cause?.code ?? cause?.message ?? message ?? String(error);
}
