import { PdfOptions } from '@sluice/contracts';

/** All lengths of a page are in points, 1/72 inch, from its lower left corner. */
export interface Paper {
  readonly width: number;
  readonly height: number;
}

const PAPERS: Readonly<Record<PdfOptions['paper'], Paper>> = {
  a4: { width: 595, height: 842 },
  letter: { width: 612, height: 792 },
};

export const MARGIN = 36;
/** What the foot of a page takes, above the margin. */
export const FOOT = 18;

export function paperOf(name: PdfOptions['paper'], isTurned: boolean): Paper {
  const { width, height } = PAPERS[name];
  return isTurned ? { width: height, height: width } : { width, height };
}

/** Width between the margins. */
export const innerWidth = ({ width }: Paper): number => width - 2 * MARGIN;
