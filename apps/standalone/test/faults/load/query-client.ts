import { Caller } from '../caller.js';
import { exchange } from './exchange.js';
import { differenceOf, freshQuery, KnownQuery, repeatedQueries } from './known-queries.js';
import { LoadLog } from './load-log.js';
import { LoadPlan, promisedQuery } from './load-plan.js';

let turns = 0;

/** One client that asks for one page after the other until it is told to stop: new ones, known ones, and whether a known one has changed. */
export class QueryClient {
  private readonly repeated: readonly KnownQuery[];
  private readonly tags = new Map<KnownQuery, string>();

  constructor(
    private readonly caller: Caller,
    private readonly plan: LoadPlan,
    private readonly log: LoadLog,
  ) {
    this.repeated = repeatedQueries(caller.tenant);
  }

  async run(): Promise<void> {
    for (let turn = 0; !this.log.stopping; turn += 1) {
      const next = Date.now() + this.plan.queryEvery;
      const again = this.repeated[Math.floor(turn / 3) % this.repeated.length]!;
      const tag = this.tags.get(again);
      if (turn % 3 === 0) await this.ask(freshQuery(this.caller.tenant, (turns += 1)));
      else if (turn % 3 === 1 || tag === undefined) await this.ask(again);
      else await this.revalidate(again, tag);
      await this.log.pause(next - Date.now());
    }
  }

  private ask(query: KnownQuery): Promise<void> {
    return this.send('query', query, {}, async (answer) => {
      const text = await answer.text();
      const tag = answer.headers.get('etag');
      if (answer.status !== 200 || tag === null) return `status ${answer.status}, tag ${String(tag)}`;
      this.tags.set(query, tag);
      return differenceOf(query, text);
    });
  }

  private revalidate(query: KnownQuery, tag: string): Promise<void> {
    return this.send('unchanged', query, { 'if-none-match': tag }, async (answer) => {
      const text = await answer.text();
      const same = answer.status === 304 && answer.headers.get('etag') === tag && text === '';
      return same ? null : `status ${answer.status}, tag ${String(answer.headers.get('etag'))}, not 304`;
    });
  }

  private async send(
    kind: 'query' | 'unchanged',
    { body }: KnownQuery,
    more: Readonly<Record<string, string>>,
    judge: (answer: Response) => Promise<string | null>,
  ): Promise<void> {
    const headers = { prefer: `wait=${String(this.plan.waitSeconds)}`, ...more };
    const asked = await exchange({
      kind,
      tenant: this.caller.tenant,
      deadlineMs: promisedQuery(this.plan) + this.plan.slack,
      send: (signal) =>
        this.caller.fetch('/api/v1/query', { method: 'POST', headers, body: JSON.stringify(body), signal }),
      judge,
    });
    await this.log.note(asked);
  }
}
