import { type Principal } from '@sluice/contracts';
import { VerifiedTokens } from './verified-tokens.js';

const ann: Principal = { subject: 'ann', clientId: 'reports', tenants: ['CA'], roles: ['viewer'] };
const now = () => Date.now() / 1_000;

describe('tokens that were verified', () => {
  beforeEach(() => jest.useFakeTimers({ now: 1_700_000_000_000 }));
  afterEach(() => jest.useRealTimers());

  it('are known for half a minute, and no other text is', () => {
    const tokens = new VerifiedTokens();
    tokens.keep('a.b.c', ann, now() + 900);
    jest.advanceTimersByTime(29_000);
    expect(tokens.get('a.b.c')).toBe(ann);
    expect(tokens.get('a.b.d')).toBeUndefined();
    jest.advanceTimersByTime(2_000);
    expect(tokens.get('a.b.c')).toBeUndefined();
  });

  it('are forgotten when they end', () => {
    const tokens = new VerifiedTokens();
    tokens.keep('a.b.c', ann, now() + 5);
    jest.advanceTimersByTime(5_001);
    expect(tokens.get('a.b.c')).toBeUndefined();
  });

  it('are not kept past their end, which verification may tolerate by seconds', () => {
    const tokens = new VerifiedTokens();
    tokens.keep('a.b.c', ann, now() - 10);
    expect(tokens.get('a.b.c')).toBeUndefined();
  });
});
