import { suggest } from './suggest.js';

describe('suggest', () => {
  const columns = ['origin', 'destination', 'delay_minutes', 'distance_miles'];

  it.each([
    ['orgin', 'origin'],
    ['Origin', 'origin'],
    ['oirgin', 'origin'],
    ['delay_minute', 'delay_minutes'],
    ['destinatoin', 'destination'],
  ])('%s is near to %s', (name, near) => {
    expect(suggest(name, columns)).toBe(near);
  });

  it('says nothing when nothing is near', () => {
    expect(suggest('zzz', columns)).toBeUndefined();
    expect(suggest('x'.repeat(100_000), columns)).toBeUndefined();
  });
});
