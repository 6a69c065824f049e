/** Name in a blob's metadata of the upload that made it. Set when all of it is there, so it also marks a whole file. */
export const STAGE = 'sluice_stage';

/** Whether a blob is a published file: one without the mark is about to be removed. */
export function isWhole({ metadata }: { readonly metadata?: Readonly<Record<string, string>> }): boolean {
  return metadata?.[STAGE] !== undefined;
}
