/** What a column asks for, in points, its padding included. */
export interface ColumnNeed {
  /** So that no value of the sample is wrapped. */
  readonly natural: number;
  /** The least that it can be read in. */
  readonly least: number;
}

/** A column on the page. */
export interface PlacedColumn {
  /** Its place in the answer. */
  readonly index: number;
  /** From the left margin. */
  readonly left: number;
  readonly width: number;
}

export interface ColumnPlan {
  /** Whether pages are wider than high. */
  readonly isTurned: boolean;
  /** The columns of each page side by side; more than one where a table is wider than a page. */
  readonly groups: readonly (readonly PlacedColumn[])[];
}

/** A first column up to this share of the width is repeated on each page of a split table. */
const REPEATED_SHARE = 0.25;
/** How near the limit of wide columns is looked for, in points. */
const LIMIT_STEP = 0.1;
/** Most that a column is widened to in a table that is split. */
const SPLIT_STRETCH = 2;

/**
 * Fits columns to a page: upright when nothing has to be wrapped, else turned, there with the longest texts wrapped, else split over several pages
 * side by side, the first column on each of them if it is narrow.
 */
export function planColumns(needs: readonly ColumnNeed[], upright: number, turned: number): ColumnPlan {
  const natural = needs.map((need) => need.natural);
  if (sum(natural) <= upright) return { isTurned: false, groups: [placed(stretched(natural, upright))] };
  if (sum(needs.map(({ least }) => least)) <= turned) {
    return { isTurned: true, groups: [placed(squeezed(needs, turned))] };
  }
  return { isTurned: true, groups: split(needs, turned) };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const stretched = (widths: readonly number[], to: number, most = Infinity): readonly number[] => {
  const factor = Math.min(most, to / sum(widths));
  return widths.map((width) => width * factor);
};

/** As many columns as can be get what they would like: only those that would like more than a limit get less, and all of them the limit. */
function squeezed(needs: readonly ColumnNeed[], to: number): readonly number[] {
  const within = (limit: number): readonly number[] =>
    needs.map(({ natural, least }) => Math.max(least, Math.min(natural, limit)));
  let [low, high] = [0, Math.max(...needs.map(({ natural }) => natural))];
  if (sum(within(high)) <= to) return stretched(within(high), to);
  while (high - low > LIMIT_STEP) {
    const middle = (low + high) / 2;
    if (sum(within(middle)) <= to) low = middle;
    else high = middle;
  }
  return stretched(within(low), to);
}

function placed(widths: readonly number[], indices?: readonly number[]): readonly PlacedColumn[] {
  let left = 0;
  return widths.map((width, at) => {
    const column = { index: indices?.[at] ?? at, left, width };
    left += width;
    return column;
  });
}

function split(needs: readonly ColumnNeed[], width: number): readonly (readonly PlacedColumn[])[] {
  const widths = needs.map(({ natural }) => Math.min(natural, width));
  const first = widths[0] ?? 0;
  const repeated = first <= width * REPEATED_SHARE && widths.length > 1 ? [0] : [];
  const room = width - sum(repeated.map((index) => widths[index] ?? 0));
  const wishes = widths.map((wish) => Math.min(wish, room));
  return filled(wishes, repeated.length, room).map((indices) => {
    const all = [...repeated, ...indices];
    return placed(
      stretched(
        all.map((index) => wishes[index] ?? 0),
        width,
        SPLIT_STRETCH,
      ),
      all,
    );
  });
}

/** Columns from `start` on in as few groups as they need, and those about as full as each other. */
function filled(widths: readonly number[], start: number, room: number): readonly (readonly number[])[] {
  const fewest = groupsOf(widths, start, room).length;
  const even = sum(widths.slice(start)) / fewest;
  const balanced = groupsOf(widths, start, room, even);
  return balanced.length > fewest ? groupsOf(widths, start, room) : balanced;
}

function groupsOf(
  widths: readonly number[],
  start: number,
  room: number,
  even = Infinity,
): readonly (readonly number[])[] {
  const groups: number[][] = [];
  let used = Infinity;
  for (let index = start; index < widths.length; index++) {
    const width = widths[index] ?? 0;
    if (used + width > room || used + width / 2 > even) {
      groups.push([]);
      used = 0;
    }
    groups.at(-1)?.push(index);
    used += width;
  }
  return groups;
}
