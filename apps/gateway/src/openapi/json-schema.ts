/** A JSON schema (draft 2020-12), as OpenAPI 3.1 takes it. */
export type Schema = Readonly<Record<string, unknown>>;

export const text = (description?: string, more: Schema = {}): Schema => ({
  type: 'string',
  ...(description !== undefined && { description }),
  ...more,
});
export const whole = (description?: string, more: Schema = {}): Schema => ({
  type: 'integer',
  ...(description !== undefined && { description }),
  ...more,
});
export const flag = (description?: string): Schema => ({
  type: 'boolean',
  ...(description !== undefined && { description }),
});
export const time = (description?: string): Schema => text(description, { format: 'date-time' });
export const listOf = (items: Schema, more: Schema = {}): Schema => ({ type: 'array', items, ...more });
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
export const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });

/** An object with exactly these keys, all of them there but those in `optional`. */
export function record(
  properties: Readonly<Record<string, Schema>>,
  optional: readonly string[] = [],
  more: Schema = {},
): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return {
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
    ...more,
  };
}
