/** The types that the catalogue knows; written in YAML as `text`, `integer`, `decimal(12,2)`, … */
export type ColumnType =
  | { readonly kind: 'text' }
  /** 64-bit signed. */
  | { readonly kind: 'integer' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  /** IEEE 754 binary64. */
  | { readonly kind: 'double' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'date' }
  /** An instant, in microseconds, stored in UTC. */
  | { readonly kind: 'timestamp' };

export const MAX_DECIMAL_PRECISION = 38;

export const TEXT: ColumnType = { kind: 'text' };
export const INTEGER: ColumnType = { kind: 'integer' };
export const DOUBLE: ColumnType = { kind: 'double' };
export const BOOLEAN: ColumnType = { kind: 'boolean' };
export const DATE: ColumnType = { kind: 'date' };
export const TIMESTAMP: ColumnType = { kind: 'timestamp' };

const SIMPLE = new Map<string, ColumnType>(
  [TEXT, INTEGER, DOUBLE, BOOLEAN, DATE, TIMESTAMP].map((type) => [type.kind, type]),
);

/** Makes a decimal type. Throws a RangeError unless 0 <= scale <= precision <= 38 and precision >= 1. */
export function decimalType(precision: number, scale: number): ColumnType {
  if (precision < 1 || precision > MAX_DECIMAL_PRECISION || scale < 0 || scale > precision) {
    throw new RangeError(
      `decimal(${precision},${scale}) needs 0 <= scale <= precision <= ${MAX_DECIMAL_PRECISION}`,
    );
  }
  return { kind: 'decimal', precision, scale };
}

/** Reads a type as it is written in the catalogue; undefined when it is not one. */
export function parseColumnType(text: string): ColumnType | undefined {
  const decimal = /^decimal\(\s*(\d{1,2})\s*,\s*(\d{1,2})\s*\)$/.exec(text);
  if (!decimal) return SIMPLE.get(text);
  try {
    return decimalType(Number(decimal[1]), Number(decimal[2]));
  } catch {
    return undefined;
  }
}

/** Writes a type as the catalogue and the API spell it. */
export function formatColumnType(type: ColumnType): string {
  return type.kind === 'decimal' ? `decimal(${type.precision},${type.scale})` : type.kind;
}
