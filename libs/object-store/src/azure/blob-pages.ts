import { BlobItem } from '@azure/storage-blob';
import { PAGE } from '../remote/call-limits.js';
import { AzureConnection } from './azure-connection.js';
import { dropBlocks } from './drop-blocks.js';
import { isWhole } from './whole-blob.js';

export interface BlobPageRequest {
  readonly prefix: string;
  readonly from: string | null;
  /** Lists blobs too that are no more than blocks. */
  readonly uncommitted: boolean;
}

export interface BlobPage {
  readonly blobs: readonly BlobItem[];
  readonly next: string | null;
}

export function blobPage(azure: AzureConnection, request: BlobPageRequest): Promise<BlobPage> {
  const { prefix, from, uncommitted } = request;
  return azure.call(async (abortSignal) => {
    const listing = azure.container.listBlobsFlat({
      prefix,
      includeMetadata: true,
      includeUncommitedBlobs: uncommitted,
      abortSignal,
    });
    const pages = listing.byPage({
      maxPageSize: PAGE,
      ...(from !== null && { continuationToken: from }),
    });
    const page = await pages.next();
    if (page.done === true) return { blobs: [], next: null };
    const { segment, continuationToken } = page.value;
    return { blobs: segment.blobItems, next: continuationToken || null };
  });
}

/**
 * Removes blobs that were left half made: mere blocks, and the empty ones without a mark that took the place of blocks. One
 * that Azure tells no time of is left to it: it removes blocks after a week.
 */
export async function removeUncommitted(azure: AzureConnection, before: number): Promise<number> {
  let removed = 0;
  let from: string | null = null;
  do {
    const page = await blobPage(azure, { prefix: '', from, uncommitted: true });
    for (const item of page.blobs.filter((blob) => isLeftover(blob, before)).slice(0, PAGE - removed)) {
      await azure.call((abortSignal) => removeHalf(azure, item.name, abortSignal));
      removed += 1;
    }
    from = page.next;
  } while (from !== null && removed < PAGE);
  return removed;
}

function isLeftover(item: BlobItem, before: number): boolean {
  const { contentLength = 0, lastModified } = item.properties as Partial<BlobItem['properties']>;
  return (
    !isWhole(item) && contentLength === 0 && lastModified !== undefined && lastModified.getTime() <= before
  );
}

async function removeHalf(azure: AzureConnection, name: string, abortSignal: AbortSignal): Promise<void> {
  const blob = azure.container.getBlockBlobClient(name);
  const { succeeded } = await blob.deleteIfExists({ abortSignal });
  if (!succeeded) await dropBlocks(blob, abortSignal);
}
