import { BlockBlobClient } from '@azure/storage-blob';
import { azureFacts } from './azure-fault.js';

/**
 * Throws away the blocks of a blob that no list names. Azure keeps them for a week and has no call to delete them; an empty
 * blob in their place drops them, and can be deleted. It lacks the mark of a whole file, so nobody reads it; and it is only
 * made where there is no blob.
 */
export async function dropBlocks(blob: BlockBlobClient, abortSignal: AbortSignal): Promise<void> {
  try {
    const { etag } = await blob.commitBlockList([], { conditions: { ifNoneMatch: '*' }, abortSignal });
    await blob.deleteIfExists({ conditions: etag === undefined ? {} : { ifMatch: etag }, abortSignal });
  } catch (error) {
    // A file has the name: ours, whose answer was lost, or one that came first. Either way the blocks are gone.
    if (azureFacts(error).code !== 'BlobAlreadyExists') throw error;
  }
}
