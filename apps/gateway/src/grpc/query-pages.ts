import { SluiceError, type PageFacts, type QueryAnswer } from '@sluice/contracts';

/** Pages of one stream; whoever wants more goes on from the last cursor. */
export const MOST_PAGES = 10_000;
/** A stream ends by then, however slowly it is read. */
export const LONGEST_STREAM_MS = 3_600_000;

export interface PageWalk {
  /** The query as parsed JSON; checked where it is run. */
  readonly query: unknown;
  /** From 1. */
  readonly maxPages: number;
  readonly ask: (query: unknown) => Promise<QueryAnswer>;
  /** Resolves when the page has been taken; only then is the next one asked for. */
  readonly write: (page: WalkedPage) => Promise<void>;
  /** Before every page but the first: may the caller have one more? */
  readonly renew: () => Promise<void>;
}

export interface WalkedPage {
  readonly number: number;
  readonly answer: QueryAnswer;
  readonly facts: PageFacts;
}

/** Walks all pages from the query's own on, by their cursors. Ends after the last page, or after `maxPages`. */
export async function walkPages({ query, maxPages, ask, write, renew }: PageWalk): Promise<void> {
  let next: string | null = null;
  for (let number = 1; number <= maxPages; number += 1) {
    if (next !== null) await renew();
    const answer = await ask(next === null ? query : queryAfter(query, next));
    const facts = factsOf(answer);
    await write({ number, answer, facts });
    if (!facts.hasMore || facts.next === null) return;
    next = facts.next;
  }
}

/** @throws SluiceError `unavailable` when the answer comes from a release that told them for some forms only */
export function factsOf({ facts }: QueryAnswer): PageFacts {
  if (facts !== undefined) return facts;
  const message = 'The query was answered by an older release, which is being replaced.';
  throw new SluiceError('unavailable', message, { retryAfter: 5 });
}

/** The same query, from the cursor on. A query that was answered is an object and has a page. */
function queryAfter(query: unknown, after: string): unknown {
  const { page, ...others } = query as { readonly page: Readonly<Record<string, unknown>> };
  const { offset: _, ...kept } = page;
  return { ...others, page: { ...kept, after } };
}
