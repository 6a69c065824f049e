import { Wanting } from '../page/kept-results.js';
import { Plan } from '../page/plan.js';
import { Totals } from '../page/totals.js';
import { requireKeyCondition } from './key-condition.js';
import { requireData } from './require-data.js';

/** Refuses what would be allowed but cannot or should not run. Nothing here depends on rows that the caller may not see. */
export class Guards {
  constructor(private readonly totals: Totals) {}

  /**
   * @param pointer of the query inside the request
   * @throws SluiceError `unavailable` for a dataset without data, `query-too-broad` for a large one that nothing narrows
   */
  async check(plan: Plan, wanting: Wanting, pointer: string): Promise<void> {
    const { query, snapshot } = plan;
    requireData(query, snapshot.data);
    const [{ dataset }] = query.scans;
    if (!dataset.largeTable) return;
    // Nobody sees more rows than there are: most tables need no count of the caller's own.
    if (snapshot.data.rowCount(dataset.name) <= dataset.largeTable.rows) return;
    requireKeyCondition(query, await this.totals.ownRows(plan, { ...wanting, noCache: false }), pointer);
  }
}
