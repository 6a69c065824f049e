import { checkAnsweredRange } from './byte-range.js';

describe('checkAnsweredRange', () => {
  const asked = { start: 2, end: 5 };

  it.each(['bytes 2-5/10', 'bytes 2-4/5'])('takes %s for bytes 2 to 5', (answer) => {
    expect(() => {
      checkAnsweredRange(asked, { bytes: 4, contentRange: answer });
    }).not.toThrow();
  });

  it.each([undefined, '', 'bytes 0-5/10', 'bytes 3-5/10', 'bytes 2-6/10', 'rows 2-5/10'])(
    'refuses %s, which is something else',
    (answer) => {
      expect(() => {
        checkAnsweredRange(asked, { bytes: 4, contentRange: answer });
      }).toThrow('another range');
    },
  );

  it.each(['bytes 2-1/2', undefined])('knows an answer that holds nothing: %s', (contentRange) => {
    expect(() => {
      checkAnsweredRange(asked, { bytes: 0, contentRange });
    }).toThrow('no bytes in this range');
  });
});
