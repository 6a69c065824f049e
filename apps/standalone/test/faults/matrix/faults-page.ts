import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const PAGE = join(__dirname, '../../../../../docs/faults.md');

/** The parts of docs/faults.md that are written by a program. */
export type Section = 'expected' | 'seen';

const begin = (section: Section): string => `<!-- ${section}: begin -->`;
const end = (section: Section): string => `<!-- ${section}: end -->`;

/** What stands between the marks of a section. Throws Error when the page has no such marks. */
export async function readSection(section: Section): Promise<string> {
  const [, inside] = cut(await readFile(PAGE, 'utf8'), section);
  return inside.trim();
}

export async function writeSection(section: Section, text: string): Promise<void> {
  const [before, , after] = cut(await readFile(PAGE, 'utf8'), section);
  await writeFile(PAGE, `${before}\n\n${text}\n\n${after}`);
}

function cut(page: string, section: Section): [before: string, inside: string, after: string] {
  const from = page.indexOf(begin(section));
  const to = page.indexOf(end(section));
  if (from < 0 || to < from) throw new Error(`docs/faults.md has no marks of the section "${section}".`);
  const inside = from + begin(section).length;
  return [page.slice(0, inside), page.slice(inside, to), page.slice(to)];
}
