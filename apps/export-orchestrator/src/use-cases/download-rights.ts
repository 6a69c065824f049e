import { CheckedQuery, ErrorCode, Principal, queryCheck, SluiceError } from '@sluice/contracts';
import { MessageBus } from '@sluice/messaging';
import { JobRow } from '../job/job-row.js';
import { standingNow } from '../job/narrow-principal.js';
import { JobDatabase } from '../postgres/job-database.js';
import { findSubmitters } from '../postgres/submitters.js';

/** What query-service says when it could not look, not that the query is refused. */
const NOT_LOOKED: ReadonlySet<ErrorCode> = new Set(['unavailable', 'overloaded', 'rpc-timeout', 'internal']);

/**
 * Whether a file may still be handed out: what was allowed when it was made may be forbidden now (SPEC X13, P6). A file made under other
 * rules is refused even where these were narrower; exported again it is made under those in force.
 */
export class DownloadRights {
  constructor(
    private readonly bus: MessageBus,
    private readonly database: JobDatabase,
  ) {}

  /** @throws SluiceError `client-revoked`, `policy-changed`; `unavailable` and the like when it cannot be told now */
  async require(job: JobRow): Promise<void> {
    const standing = standingNow(job.principal, await findSubmitters(this.database, job.id));
    if (standing.kind === 'revoked') {
      throw new SluiceError('client-revoked', 'The client that this file was made for was revoked.');
    }
    if (standing.kind === 'lost-rights') throw policyChanged();
    if (!sameRules(job, await this.check(standing.principal, job))) throw policyChanged();
  }

  private async check(principal: Principal, { spec }: JobRow): Promise<CheckedQuery> {
    try {
      const question = { principal, body: spec.queryDefinition, policyOnly: true };
      return await this.bus.request(queryCheck, question);
    } catch (error) {
      const { code } = SluiceError.from(error);
      throw NOT_LOOKED.has(code) ? error : policyChanged(error);
    }
  }
}

/** Files of older versions tell only the version of the policy file they were made under. */
function sameRules({ manifest }: JobRow, now: CheckedQuery): boolean {
  if (manifest?.policyHash === undefined) return manifest?.policyVersion === now.policyVersion;
  return manifest.policyHash === now.policyHash;
}

function policyChanged(cause?: unknown): SluiceError {
  const message = 'The rules under which this file was made no longer hold; export it again.';
  return new SluiceError('policy-changed', message, {}, { cause });
}
