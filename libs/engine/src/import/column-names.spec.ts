import { cleanColumnName, cleanColumnNames, findColumn } from './column-names.js';

it.each([
  ['order_id', 'order_id'],
  ['_id__', '_id__'],
  ['Order ID', 'Order_ID'],
  [' unit price ($) ', 'unit_price'],
  ['2024 total', '_2024_total'],
  ['a--b', 'a_b'],
  ['é', ''],
])('cleans %j to %j', (header, name) => {
  expect(cleanColumnName(header)).toBe(name);
});

it('refuses headers that meet in one name, whatever their case', () => {
  expect(() => cleanColumnNames(['Order ID', 'order_id'])).toThrow(
    'The headers "Order ID" and "order_id" give the same column name',
  );
  expect(() => cleanColumnNames(['id', 'x'.repeat(64)])).toThrow('of column 2 gives no column name');
});

it('finds a column by its header or its name', () => {
  expect(findColumn('order id', ['Order_ID', 'state'], 'key')).toBe('Order_ID');
  expect(() => findColumn('x', ['a', 'b'], 'key')).toThrow(
    'There is no key column "x"; the columns are a, b.',
  );
});
