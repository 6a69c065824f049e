import { AuditSink, DownloadableFile, ResolveDownload, SluiceError } from '@sluice/contracts';
import { jobFacts } from '../audit/job-facts.js';
import { recorded } from '@sluice/service-kit';
import { attemptFile } from '../job/attempt-files.js';
import { contentTypeOf } from '../job/content-type.js';
import { JobRow } from '../job/job-row.js';
import { JobDatabase } from '../postgres/job-database.js';
import { findJob } from '../postgres/job-reads.js';
import { DownloadRights } from './download-rights.js';
import { jobNotFound } from '../postgres/visible-job.js';

/**
 * Says which file a signed link stands for, as things are now (SPEC X13). Throws `export-not-found`, `export-not-ready`,
 * `link-invalid` when the link is for another file than the job's, `link-expired` when the file is gone, `client-revoked`,
 * `policy-changed`.
 */
export class ResolveDownloadUseCase {
  constructor(
    private readonly database: JobDatabase,
    private readonly audit: AuditSink,
    private readonly rights: DownloadRights,
  ) {}

  run({ jobId, tenant, sha256, origin }: ResolveDownload): Promise<DownloadableFile> {
    const asked = { action: 'export.download', principal: null, tenant, origin, jobId } as const;
    return recorded(this.audit, asked, async (note) => {
      const job = await findJob(this.database, jobId);
      if (job?.tenant !== tenant) throw jobNotFound();
      note(jobFacts(job));
      const file = fileOf(job, sha256);
      await this.rights.require(job);
      return file;
    });
  }
}

function fileOf(job: JobRow, sha256: string): DownloadableFile {
  const { manifest } = job;
  if (manifest === null) {
    throw new SluiceError('export-not-ready', 'The export has no file to download.');
  }
  if (manifest.sha256 !== sha256) throw new SluiceError('link-invalid', 'The link is for another file.');
  if (job.file_expired !== false) throw new SluiceError('link-expired', 'The file is no longer kept.');
  const { key, name } = attemptFile(job, manifest.attempt);
  return {
    key,
    fileName: name,
    contentType: contentTypeOf(manifest),
    bytes: manifest.bytes,
  };
}
