import { openApiDocument } from '@sluice/gateway';

/** The API's document as it is committed: JSON of two blanks a level, with a line end. */
export function openApiText(): string {
  return `${JSON.stringify(openApiDocument(), null, 2)}\n`;
}
