import { getDocumentProxy } from 'unpdf';

/** A text as a reader finds it on a page, in points from the lower left corner. */
interface Found {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly base: number;
}

export interface PdfTable {
  readonly info: Readonly<Record<string, unknown>>;
  readonly pages: readonly {
    readonly width: number;
    readonly height: number;
    readonly texts: readonly string[];
  }[];
  /** By name of the column; the lines of a cell in order. A cell with nothing in it is not there. */
  readonly rows: readonly Readonly<Record<string, readonly string[]>>[];
}

interface Column {
  readonly name: string;
  readonly left: number;
  readonly right: number;
}

const NEAR = 0.6;
/** Below stands the foot of the page. */
const FOOT = 40;

/**
 * Reads a table back with PDF.js, knowing only the names of its columns: a text belongs to the column whose header begins or ends
 * above it, and to the row whose first column stands at its height or next above. Rows of pages side by side are put together by their first column.
 */
export async function readPdfTable(bytes: Buffer, names: readonly string[]): Promise<PdfTable> {
  const document = await getDocumentProxy(new Uint8Array(bytes));
  const { info } = await document.getMetadata();
  const pages: { width: number; height: number; texts: string[] }[] = [];
  const rows = new Map<string, Record<string, string[]>>();
  for (let number = 1; number <= document.numPages; number++) {
    const page = await document.getPage(number);
    const { width, height } = page.getViewport({ scale: 1 });
    const found = (await page.getTextContent()).items.flatMap(foundOf);
    pages.push({ width, height, texts: found.map(({ text }) => text) });
    for (const [key, row] of rowsOf(found, names)) rows.set(key, { ...rows.get(key), ...row });
  }
  await document.cleanup();
  return { info: info as Record<string, unknown>, pages, rows: [...rows.values()] };
}

function foundOf(item: object): readonly Found[] {
  const { str, transform, width } = item as { str: string; transform: number[]; width: number };
  if (str.trim() === '') return [];
  const [left, base] = [transform[4]!, transform[5]!];
  return [{ text: str, left, right: left + width, base }];
}

function rowsOf(
  found: readonly Found[],
  names: readonly string[],
): readonly (readonly [string, Record<string, string[]>])[] {
  const first = found.find(({ text }) => text === names[0]);
  if (!first) return [];
  const columns = found.filter(
    ({ text, base }) => Math.abs(base - first.base) < NEAR && names.includes(text),
  );
  const columnOf = ({ left, right }: Found): Column | undefined =>
    columns
      .map(({ text, ...place }) => ({ name: text, ...place }))
      .find((column) => Math.abs(column.left - left) < NEAR || Math.abs(column.right - right) < NEAR);
  const cells = found
    .filter(({ base }) => base > FOOT && base < first.base - NEAR)
    .flatMap((text) => {
      const column = columnOf(text);
      return column ? [{ ...text, name: column.name }] : [];
    });
  const keys = cells.filter(({ name }) => name === names[0]);
  return keys.map(({ text: key, base: top }) => {
    const next = Math.max(...keys.map(({ base }) => base).filter((base) => base < top), 0);
    const row: Record<string, string[]> = {};
    for (const cell of cells) {
      if (cell.base <= top + NEAR && cell.base > next + NEAR) (row[cell.name] ??= []).push(cell.text);
    }
    return [key, row];
  });
}
