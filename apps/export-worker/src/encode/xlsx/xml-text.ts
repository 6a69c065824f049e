import { XLSX_LIMITS } from '@sluice/query-dsl';

/** What XML 1.0 cannot hold, lone surrogates among it, and the carriage return, which it would turn into a line feed. */
const ILLEGAL =
  /[\0-\x08\x0B-\x1F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
const LOOKS_ESCAPED = /_(?=x[0-9A-F]{4}[_\0-\x08\x0B-\x1F\uFFFE\uFFFF])/gi;
const MARKS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A text as XML holds it, in an element or an attribute; `_xHHHH_` stands for what it cannot hold (ECMA-376, 22.9.2.19). */
export function xmlText(text: string): string {
  return text
    .replace(LOOKS_ESCAPED, '_x005F_')
    .replace(ILLEGAL, (unit) => `_x${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
    .replace(/[&<>"]/g, (mark) => MARKS[mark] ?? mark);
}

/** A cell that holds a text, and can hold nothing else. One that Excel could not hold is cut and says so. */
export function textCell(place: string, text: string, style: number): string {
  const cut =
    text.length > XLSX_LIMITS.textLength
      ? `${text.slice(0, 32_700)}… [cut: ${text.length} characters]`
      : text;
  return `<c r="${place}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${xmlText(cut)}</t></is></c>`;
}
