import { ColumnType, formatColumnType } from '@sluice/catalog';

const TYPE_NAMES: Readonly<Record<Exclude<ColumnType['kind'], 'decimal'>, string>> = {
  text: 'varchar',
  integer: 'bigint',
  double: 'double',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
};

/** How the engine calls a type of the catalogue. */
export const typeName = (type: ColumnType): string =>
  type.kind === 'decimal' ? formatColumnType(type) : TYPE_NAMES[type.kind];
