import { type PageFacts } from '@sluice/contracts';

/** What CSV and NDJSON have no place for in their bytes. What is not known, or not there, has no header. */
export function headersOf(facts: PageFacts): Readonly<Record<string, string>> {
  const { next, totalRows } = facts;
  return {
    'sluice-has-more': String(facts.hasMore),
    ...(next !== null && { 'sluice-next-cursor': next }),
    ...(totalRows !== null && {
      'sluice-total-rows': String(totalRows),
      'sluice-total-is-exact': String(facts.totalIsExact),
    }),
    'sluice-cached': String(facts.cached),
    'sluice-query-id': facts.queryId,
    'sluice-data-version': facts.dataVersion,
  };
}
