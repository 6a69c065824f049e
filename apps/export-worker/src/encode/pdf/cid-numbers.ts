/** Bytes that mean something within a literal string (ISO 32000-1, 7.3.4.2): a line feed, a return, brackets, a backslash. */
const SPECIAL: ReadonlySet<number> = new Set([0x0a, 0x0d, 0x28, 0x29, 0x5c]);
const MOST = 0xffff;

/** The number after `last` of a character in a font; two bytes that need no escape in a literal string. Null when all are used. */
export function nextCid(last: number): number | null {
  for (let cid = last + 1; cid <= MOST; cid++) {
    if (!SPECIAL.has(cid >> 8) && !SPECIAL.has(cid & 0xff)) return cid;
  }
  return null;
}
