import { numberedDraws, pick, pickWeighted, sqlText } from './sql-text.js';

it('quotes text', () => {
  expect(sqlText(`it's a \\`)).toBe(`'it''s a \\'`);
});

it('takes two draws from one digest', () => {
  expect(numberedDraws('orders', 10, ['d_a', 'd_b', 'd_c'])).toBe(
    `select i, (h0 >> 32)::double / 4294967296 as d_a, (h0 & 4294967295)::double / 4294967296 as d_b, ` +
      `(h1 >> 32)::double / 4294967296 as d_c from (select i, md5_number_lower(i || ':orders:d_a') as h0, ` +
      `md5_number_lower(i || ':orders:d_c') as h1 from range(1, 11) numbers(i))`,
  );
});

it('picks evenly, and by weight', () => {
  expect(pick(['a', 'b'], 'd')).toBe(`['a', 'b'][1 + floor(d * 2)::integer]`);
  expect(pickWeighted({ a: 80, b: 20 }, 'd')).toBe(`case when d < 0.8 then 'a' when d < 1 then 'b' end`);
});
