import { create, type Font } from 'fontkit';
import { readFile } from 'node:fs/promises';

/** DejaVu Sans Condensed: Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew, Arabic and many signs (Bitstream Vera licence). */
const FILES = {
  regular: 'dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf',
  bold: 'dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf',
} as const;

export interface Fonts {
  readonly regular: Font;
  readonly bold: Font;
}

let loaded: Promise<Fonts> | undefined;

/** Reads the fonts once for the process: 1.4 MB. */
export function loadFonts(): Promise<Fonts> {
  loaded ??= readFonts().catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function readFonts(): Promise<Fonts> {
  const [regular, bold] = await Promise.all([readFont(FILES.regular), readFont(FILES.bold)]);
  return { regular, bold };
}

async function readFont(file: string): Promise<Font> {
  const font = create(await readFile(require.resolve(file)));
  if (!('createSubset' in font)) throw new Error(`${file} is a collection of fonts.`);
  return font;
}
