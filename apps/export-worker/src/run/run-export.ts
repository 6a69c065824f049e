import {
  AuditSink,
  ClaimedJob,
  ExportManifest,
  ExportOutcome,
  SignedManifest,
  signManifest,
  SluiceError,
} from '@sluice/contracts';
import { ObjectStore, StagedObject } from '@sluice/object-store';
import { policyHash } from '@sluice/query-dsl';
import { failpointIn, passFailpoint, recorded } from '@sluice/service-kit';
import { compress } from '../compress/compress.js';
import { Encoders } from '../encode/encoders.js';
import { ExportPlanner, PlannedExport } from '../ports.js';
import { ExportFiles } from './export-files.js';

export interface RunExportParts {
  readonly planner: ExportPlanner;
  readonly encoders: Encoders;
  readonly store: ObjectStore;
  readonly audit: AuditSink;
}

export interface RunExportSettings {
  readonly manifestKey: Buffer;
  /** Longest the engine may take, in ms. */
  readonly exportTimeoutMs: number;
  /** Told when files of a failed attempt could not be removed. For the log: whoever owns the job tidies up later. */
  readonly onLeftover: (error: unknown, jobId: string) => void;
}

/** One attempt, as the rest of the worker sees it while it runs. */
export interface Attempt {
  readonly job: ClaimedJob;
  /** Ends the attempt; its reason is what the attempt then fails with. */
  readonly signal: AbortSignal;
  /** Given, once rows flow, what tells how many have gone by. */
  readonly onRows: (count: () => number) => void;
  /** Resolves when the attempt may show its file, or keep what it has shown; rejects when the job is no longer its own. */
  readonly mayPublish: () => Promise<void>;
}

type Succeeded = Extract<ExportOutcome, { kind: 'succeeded' }>;

/**
 * Makes a job's file: plan, engine, count, compress, seal, proof, record, and only then a name that others can see (SPEC X6, X7).
 * Rejects with the fault that ended it, and has removed what it wrote by then.
 */
export class RunExport {
  constructor(
    private readonly parts: RunExportParts,
    private readonly settings: RunExportSettings,
  ) {}

  async run(attempt: Attempt): Promise<Succeeded> {
    const { job, signal } = attempt;
    const written: ExportFiles[] = [];
    try {
      const { files, manifest } = await this.makeRecorded(attempt, written);
      passFailpoint('worker.recorded');
      await attempt.mayPublish();
      passFailpoint('worker.before-publish');
      await files.publish();
      // Who slept between the two shows a file of a job that others have finished meanwhile, and takes it back.
      await attempt.mayPublish();
      passFailpoint('worker.published');
      return { kind: 'succeeded', key: files.key, fileName: files.fileName, manifest };
    } catch (error) {
      passFailpoint('worker.cleanup');
      for (const files of written) {
        await files.remove().catch((fault: unknown) => {
          this.settings.onLeftover(fault, job.jobId);
        });
      }
      signal.throwIfAborted();
      throw error;
    }
  }

  /** The record stands before the file can be seen: what cannot be recorded is not delivered. */
  private makeRecorded(
    attempt: Attempt,
    written: ExportFiles[],
  ): Promise<{ readonly files: ExportFiles; readonly manifest: SignedManifest }> {
    const { principal, origin, jobId } = attempt.job;
    const asked = { action: 'export.run', principal, tenant: principal.tenants[0], origin, jobId } as const;
    return recorded(this.parts.audit, asked, async (note) => {
      const plan = this.parts.planner.plan(attempt.job);
      note({
        dataset: plan.dataset,
        columns: plan.columns.map(({ name }) => name),
        masks: plan.columns.filter(({ masked }) => masked).map(({ name }) => name),
        queryHash: plan.queryHash,
      });
      const files = new ExportFiles(this.parts.store, attempt.job, plan.dataset);
      written.push(files);
      try {
        const manifest = await this.make(attempt, plan, files);
        note({ rows: manifest.rows });
        return { files, manifest };
      } catch (error) {
        // Whatever broke when the attempt was ended, the reason is why it was ended.
        attempt.signal.throwIfAborted();
        throw error;
      }
    });
  }

  private async make(
    { job, signal, onRows }: Attempt,
    plan: PlannedExport,
    files: ExportFiles,
  ): Promise<SignedManifest> {
    const options = { signal, timeoutMs: this.settings.exportTimeoutMs };
    const encoder = this.parts.encoders[job.spec.format];
    if (!encoder) throw new SluiceError('unsupported-format', 'The format is not supported.');
    const encoded = await encoder.encode(plan, job.spec, options);
    passFailpoint('worker.query-started');
    onRows(encoded.rowsSoFar);
    const inner = { innerName: `${plan.dataset}.${job.spec.format}`, modified: new Date() };
    const bytes = compress(failpointIn('worker.chunk', encoded.stream), job.spec.compression, inner);
    const file = await files.stageFile(bytes, signal);
    passFailpoint('worker.file-staged');
    const manifest = manifestOf(job, plan, {
      file,
      rows: await encoded.rows,
      dataVersion: encoded.dataVersion,
    });
    const signed = signManifest(manifest, this.settings.manifestKey);
    await files.stageManifest(signed, signal);
    passFailpoint('worker.manifest-staged');
    return signed;
  }
}

function manifestOf(
  { jobId, attempt, principal, spec }: ClaimedJob,
  { query, dataset, queryHash, policyVersion, columns }: PlannedExport,
  made: { readonly file: StagedObject; readonly rows: number; readonly dataVersion: string },
): ExportManifest {
  return {
    jobId,
    attempt,
    tenant: principal.tenants[0],
    dataset,
    queryHash,
    policyHash: policyHash(query),
    policyVersion,
    dataVersion: made.dataVersion,
    columns,
    format: spec.format,
    compression: spec.compression,
    rows: made.rows,
    bytes: made.file.bytes,
    sha256: made.file.sha256,
    createdAt: new Date().toISOString(),
  };
}
