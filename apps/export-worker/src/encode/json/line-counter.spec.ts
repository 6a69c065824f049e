import fc from 'fast-check';
import { LineCounter } from './line-counter.js';

const text = fc.string({
  unit: fc.constantFrom('\n', '\r', 'a', 'ä', '日', '\u{1F600}', '\u2028'),
  maxLength: 60,
});

it('counts the lines of any text, however its bytes are cut', () => {
  fc.assert(
    fc.property(text, fc.nat({ max: 90 }), fc.nat({ max: 90 }), (lines, a, b) => {
      const bytes = Buffer.from(lines);
      const [first, second] = a < b ? [a, b] : [b, a];
      const counter = new LineCounter();
      for (const piece of [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)]) {
        counter.push(piece);
      }
      const parts = lines.split('\n');
      expect(counter.lines).toBe(parts.length - 1);
      expect(counter.isAtEnd).toBe(parts.at(-1) === '');
    }),
    { numRuns: 2_000 },
  );
});
