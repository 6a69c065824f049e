import { SluiceError } from '@sluice/contracts';
import { detach } from '../plain-data.js';

/*
 * How a message travels: bytes stay bytes, instead of growing by a third as base64 and costing both ends a pass.
 *
 *   4 bytes   length of the header, big-endian
 *   header    JSON, UTF-8: {"value": the message with null where bytes stood, "parts": [{"path": [...], "bytes": n}]}
 *   parts     the bytes, one part after the other
 */

export const FRAME_TYPE = 'application/vnd.sluice.frame';
/** Half of what the broker takes; a page of 5,000 wide rows has a few MiB. */
const MAX_FRAME = 64 * 1024 * 1024;

type Path = readonly (string | number)[];

interface Part {
  readonly path: Path;
  readonly bytes: number;
}

/** @throws SluiceError `limit-exceeded` when it would be larger than 64 MiB; TypeError for what is not plain data. */
export function encodeFrame(message: unknown): Buffer {
  const parts: { path: Path; content: Uint8Array }[] = [];
  const value = takeOutBytes(detach(message), [], parts);
  const described = parts.map(({ path, content }): Part => ({ path, bytes: content.length }));
  const header = Buffer.from(JSON.stringify({ value, parts: described }));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(header.length);
  const frame = Buffer.concat([length, header, ...parts.map(({ content }) => content)]);
  if (frame.length <= MAX_FRAME) return frame;
  throw new SluiceError('limit-exceeded', `The message has more than ${MAX_FRAME} bytes.`, {
    limit: { name: 'messageBytes', value: MAX_FRAME },
  });
}

/** Its byte arrays are views of `frame`. @throws Error for anything that is no frame. */
export function decodeFrame(frame: Buffer): unknown {
  const headerEnd = 4 + frame.readUInt32BE(0);
  const { value, parts } = JSON.parse(frame.toString('utf8', 4, headerEnd)) as {
    value: unknown;
    parts: Part[];
  };
  const root = { value };
  let start = headerEnd;
  for (const { path, bytes } of parts) {
    if (start + bytes > frame.length) throw new Error('A part of the frame is missing.');
    putBack(root, ['value', ...path], frame.subarray(start, start + bytes));
    start += bytes;
  }
  return root.value;
}

function takeOutBytes(value: unknown, path: Path, parts: { path: Path; content: Uint8Array }[]): unknown {
  if (value instanceof Uint8Array) {
    parts.push({ path, content: value });
    return null;
  }
  if (Array.isArray(value)) return value.map((item, index) => takeOutBytes(item, [...path, index], parts));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([key, item]) => [key, takeOutBytes(item, [...path, key], parts)]));
}

function putBack(root: object, path: Path, content: Uint8Array): void {
  const last = path.at(-1) ?? 'value';
  let holder: unknown = root;
  for (const key of path.slice(0, -1)) holder = ownValue(holder, key);
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, last)) {
    throw new Error('The frame names a place that it does not have.');
  }
  Object.defineProperty(holder, last, {
    value: content,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

function ownValue(holder: unknown, key: string | number): unknown {
  const own = typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key);
  return own ? (holder as Record<string | number, unknown>)[key] : undefined;
}
