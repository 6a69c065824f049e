import { pointerTo, refusal } from '@sluice/query-dsl';
import { claimIn } from './claims.js';

const LIST_OPERATORS: readonly unknown[] = ['in', 'notIn'];

/** Refuses `${` anywhere but as the whole of a value: half a claim, or one inside an expression, would be taken literally. */
export function claimPlaces(content: unknown, pointer: string, key = ''): void {
  if (typeof content === 'string') {
    if (!content.includes('${') || (key === 'value' && claimIn(content) !== undefined)) return;
    const message = 'A claim stands as the whole of a value, such as "${region}".';
    throw refusal('invalid-request', message, { pointer });
  }
  if (typeof content !== 'object' || content === null) return;
  for (const [name, child] of Object.entries(content)) {
    claimPlaces(child, pointerTo(pointer, name), Array.isArray(content) ? key : name);
  }
}

/** A claim that is a list fills an `in`: `"value": "${regions}"` stands for `"value": ["${regions}"]`. */
export function withClaimLists(content: unknown): unknown {
  if (Array.isArray(content)) return content.map(withClaimLists);
  if (typeof content !== 'object' || content === null) return content;
  const node = Object.fromEntries(
    Object.entries(content).map(([key, child]) => [key, withClaimLists(child)]),
  );
  const takesList = LIST_OPERATORS.includes(node['op']) && claimIn(node['value']) !== undefined;
  return takesList ? { ...node, value: [node['value']] } : node;
}
