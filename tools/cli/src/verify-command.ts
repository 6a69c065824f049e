import { MANIFEST_KEY_PURPOSE, SignedManifest, verifyManifest } from '@sluice/contracts';
import { deriveKey, secretOf } from '@sluice/service-kit';
import { Command } from 'commander';
import { countRows } from './verify/count-rows.js';
import { measureFile } from './verify/measure-file.js';
import { readManifest } from './verify/read-manifest.js';
import { Terminal } from './terminal.js';

interface VerifyOptions {
  readonly manifest: string;
}

/** `sluice verify`: whether a downloaded file is the one that was made, whole and unchanged. Exit code 1 when it is not. */
export function verifyCommand(terminal: Terminal): Command {
  return new Command('verify')
    .description('check a downloaded export against its signed manifest; needs SLUICE_SECRET')
    .argument('<file>', 'the file as it was downloaded')
    .requiredOption('--manifest <file>', "the manifest beside it, or `result.manifest` of the job's answer")
    .action((file: string, options: VerifyOptions) => runVerify(file, options.manifest, terminal));
}

async function runVerify(file: string, manifestFile: string, terminal: Terminal): Promise<void> {
  const key = deriveKey(secretOf(terminal.env), MANIFEST_KEY_PURPOSE);
  const manifest = await readManifest(manifestFile);
  if (!verifyManifest(manifest, key)) {
    throw new Error(
      `${manifestFile} does not have the signature of this installation: it was changed, or signed with another secret.`,
    );
  }
  await checkBytes(file, manifest, terminal.signal);
  const checked = ['signature', `${String(manifest.bytes)} bytes`, 'SHA-256'];
  const isCounted = await checkRows(file, manifest, terminal.signal);
  if (isCounted) checked.push(`${String(manifest.rows)} rows`);
  const { jobId, attempt, dataset, createdAt } = manifest;
  terminal.stdout.write(
    `${file} is whole and unchanged: ${checked.join(', ')}.\n` +
      `Job ${jobId}, attempt ${String(attempt)}, of ${dataset}, made at ${createdAt}.\n`,
  );
  if (!isCounted) {
    terminal.stdout.write(
      `Rows cannot be counted in a ${manifest.format} file: that it has ${String(manifest.rows)} of them, the manifest says, and the SHA-256 proves that it is the file of that manifest.\n`,
    );
  }
}

async function checkBytes(file: string, manifest: SignedManifest, signal: AbortSignal): Promise<void> {
  const { bytes, sha256 } = await measureFile(file, signal);
  if (bytes !== manifest.bytes) {
    throw new Error(`${file} has ${String(bytes)} bytes; the manifest says ${String(manifest.bytes)}.`);
  }
  if (sha256 !== manifest.sha256) {
    throw new Error(`${file} has the SHA-256 ${sha256}; the manifest says ${manifest.sha256}.`);
  }
}

/** False where the rows of a format cannot be told. */
async function checkRows(file: string, manifest: SignedManifest, signal: AbortSignal): Promise<boolean> {
  const rows = await countRows(file, manifest, signal).catch((cause: unknown): never => {
    signal.throwIfAborted();
    const [why = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw new Error(`The rows of ${file} cannot be counted: ${why.replace(/\.$/, '')}.`, { cause });
  });
  if (rows !== null && rows !== manifest.rows) {
    throw new Error(`${file} has ${String(rows)} rows; the manifest says ${String(manifest.rows)}.`);
  }
  return rows !== null;
}
