import { z } from 'zod';
import { parseColumnType } from './column-type.js';
import { IDENTIFIER, RESERVED_DATASET_NAMES } from './dataset.js';

const identifier = z
  .string()
  .regex(IDENTIFIER, 'must be a letter or underscore, then letters, digits and underscores, 63 at most');

const column = z.strictObject({
  type: z.string().transform((text, context) => {
    const type = parseColumnType(text);
    if (type) return type;
    context.addIssue(
      `"${text}" is not a type; use text, integer, decimal(p,s), double, boolean, date or timestamp`,
    );
    return z.NEVER;
  }),
  description: z.string().default(''),
  class: identifier.nullable().default(null),
});

const relation = z.strictObject({ dataset: identifier, columns: z.array(identifier).min(1) });

const largeTable = z.strictObject({
  rows: z.int().min(0),
  conditionOn: z.array(identifier).min(1).optional(),
});

/** One dataset as a YAML file of the catalogue writes it. */
export const datasetFile = z
  .strictObject({
    name: identifier.refine((name) => !RESERVED_DATASET_NAMES.includes(name.toLowerCase()), 'is reserved'),
    description: z.string().default(''),
    tenant: identifier.optional(),
    shared: z.boolean().default(false),
    default: z.boolean().default(false),
    key: z.array(identifier).min(1),
    largeTable: largeTable.optional(),
    columns: z.record(identifier, column),
    relations: z.record(identifier, relation).default({}),
  })
  .refine((file) => file.tenant !== undefined || file.shared, {
    path: ['tenant'],
    message:
      'is missing: a dataset needs a tenant column, or `shared: true` when every tenant may read all of it',
  })
  .refine((file) => file.tenant === undefined || !file.shared, {
    path: ['shared'],
    message: 'cannot stand beside `tenant`',
  });

export type DatasetFile = z.output<typeof datasetFile>;
