import { ColumnType } from '@sluice/catalog';

/** A value that travels beside the SQL text, with the type it is bound as. */
export interface Parameter {
  readonly type: ColumnType;
  /**
   * text, date (`2024-03-01`) and timestamp (ISO 8601, UTC, microseconds, without zone) as strings; decimal as digits in a string;
   * integer as bigint; double as number. A list binds as a list of `type`.
   */
  readonly value: ScalarValue | readonly ScalarValue[];
}

export type ScalarValue = string | bigint | number | boolean | null;

/** What an engine runs. Only the compiler makes one: `sql` depends on the shape of a query, never on its values. */
export interface Statement {
  readonly sql: string;
  /** `$1` is the first. */
  readonly parameters: readonly Parameter[];
}
