import { OutputColumn } from '@sluice/contracts';
import { FIELD_SIGNS } from '@sluice/query-dsl';
import { isNumber } from './measure-columns.js';
import { ColumnPlan } from './plan-columns.js';
import { PADDING, TEXT_LINES, VALUE_LINES } from './table-style.js';
import { Measure, wrapText } from './wrap-text.js';

/** A cell as it is drawn: nothing at all for NULL. */
export interface Cell {
  readonly lines: readonly string[];
  readonly isNull: boolean;
}

const NULL_CELL: Cell = { lines: [], isNull: true };
const EMPTY_CELL: Cell = { lines: [], isNull: false };

/** Lays the fields of rows out in the widths of a plan. */
export class RowCells {
  /** Texts that went on and were cut. */
  cut = 0;
  readonly alignsRight: readonly boolean[];
  private readonly widths: readonly number[];
  private readonly maxLines: readonly number[];

  /** @param longest what texts were cut to before they came here, in characters */
  constructor(
    columns: readonly OutputColumn[],
    plan: ColumnPlan,
    private readonly longest: number,
    private readonly measure: Measure,
  ) {
    this.alignsRight = columns.map(isNumber);
    this.widths = columns.map((_, index) => narrowest(plan, index) - 2 * PADDING);
    this.maxLines = columns.map(({ type }) => (type === 'text' ? TEXT_LINES : VALUE_LINES));
  }

  cell(field: string, index: number): Cell {
    if (field === '') return EMPTY_CELL;
    if (field === FIELD_SIGNS.null) return NULL_CELL;
    const width = this.widths[index] ?? 0;
    const hasBreak = field.includes(FIELD_SIGNS.lineBreak);
    if (!hasBreak && this.measure(field) <= width) return { lines: [field], isNull: false };
    const paragraphs = hasBreak ? field.split(FIELD_SIGNS.lineBreak) : [field];
    const { lines, isCut } = wrapText(paragraphs, width, this.maxLines[index] ?? 1, this.measure);
    if (isCut || field.length >= this.longest) this.cut += 1;
    return { lines, isNull: false };
  }
}

/** A column that stands on several pages side by side has the same lines on each. */
function narrowest({ groups }: ColumnPlan, index: number): number {
  const widths = groups.flatMap((group) => group.filter((column) => column.index === index));
  return Math.min(...widths.map(({ width }) => width));
}
