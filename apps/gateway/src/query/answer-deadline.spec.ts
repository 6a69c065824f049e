import { answerDeadline } from './answer-deadline.js';

describe('answerDeadline', () => {
  it('leaves the caller its wait, and a moment to hear that it was in vain', () => {
    expect(answerDeadline(3, 300_000)).toBe(8_000);
  });

  it('leaves a query the line and its whole time', () => {
    expect(answerDeadline(null, 10_000)).toBe(45_000);
  });

  it('is never longer than what is promised of any query', () => {
    expect(answerDeadline(null, 300_000)).toBe(305_000);
    expect(answerDeadline(300, 10_000)).toBe(305_000);
  });
});
