import { ExportCompression } from '@sluice/contracts';
import { Readable } from 'node:stream';
import { GeneratedFile } from '../generated-file.js';
import { gzipFile } from './gzip-file.js';
import { zipFile } from './zip-writer.js';

export interface CompressedFile {
  /** Of the one file inside an archive. */
  readonly innerName: string;
  readonly modified: Date;
}

/**
 * A file compressed as it goes by, on threads of the pool. A fault on either side ends both.
 *
 * @param compression null leaves the file as it is
 */
export function compress(
  source: Readable,
  compression: ExportCompression | null,
  { innerName, modified }: CompressedFile,
): Readable {
  switch (compression) {
    case null:
      return source;
    case 'gzip':
      return new GeneratedFile(gzipFile(source, { modified }), source);
    case 'zip':
      return new GeneratedFile(zipFile([{ name: innerName, content: source }], { modified }), source);
  }
}
