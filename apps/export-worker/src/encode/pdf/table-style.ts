/** Sizes in points. */
export const FONT_SIZE = 8;
export const LINE_HEIGHT = 10.5;
export const TITLE_SIZE = 16;
export const SMALL_SIZE = 7.5;
/** At the left and right of a cell, and above and below its lines. */
export const PADDING = 5;
export const ROW_PADDING = 2.5;

/** Most lines of a text, of anything else, and of a header. What is longer ends in an ellipsis; nothing but a text and a header can be. */
export const TEXT_LINES = 4;
export const VALUE_LINES = 12;
export const HEADER_LINES = 3;

/** Fill colours (`rg`) and stroke colours (`RG`). */
export const INK = '0.13 0.16 0.2 rg ';
export const FAINT_INK = '0.55 0.59 0.64 rg ';
export const HEAD_INK = '1 1 1 rg ';
export const HEAD_FILL = '0.14 0.25 0.38 rg ';
export const ZEBRA_FILL = '0.953 0.961 0.973 rg ';
export const RULE = '0.82 0.85 0.88 RG 0.4 w ';
