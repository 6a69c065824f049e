import fc from 'fast-check';
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
    expect(suggest('x'.repeat(130), ['x'.repeat(128)])).toBe('x'.repeat(128));
  });

  it.each([
    ['a', ['b'], 'b'],
    ['ab', ['ba'], 'ba'],
    ['abcde', ['abxye'], undefined],
    ['abcdef', ['abxyef'], 'abxyef'],
    ['abcdef', ['xbcdez', 'abcdez'], 'abcdez'],
    ['abcd', ['abcx', 'abcy'], 'abcx'],
    ['abc', [], undefined],
    ['', ['a', 'ab'], 'a'],
    ['', ['ab'], undefined],
    ['ca', ['abc'], undefined],
    ['abcd', ['bxcd'], undefined],
    ['abcd', ['xacd'], undefined],
    ['abcd', ['badc'], undefined],
    ['abcdef', ['badcef'], 'badcef'],
    ['abcdef', ['badcfe'], undefined],
  ])('of %j and %j chooses the nearest, the first of equals', (name, candidates, near) => {
    expect(suggest(name, candidates)).toBe(near);
  });

  it('finds what is one slip away, for any name', () => {
    const names = fc.stringMatching(/^[a-z_]{6,20}$/);
    fc.assert(
      fc.property(
        names,
        fc.nat(),
        fc.constantFrom('drop', 'double', 'swap', 'change'),
        (name, place, slip) => {
          const at = place % (name.length - 1);
          const [a, b] = [name.charAt(at), name.charAt(at + 1)];
          const slips = { drop: b, double: a + a + b, swap: b + a, change: `#${b}` };
          const misspelt = `${name.slice(0, at)}${slips[slip]}${name.slice(at + 2)}`;
          expect(suggest(misspelt, ['#'.repeat(20), name.toUpperCase()])).toBe(name.toUpperCase());
        },
      ),
    );
  });
});
