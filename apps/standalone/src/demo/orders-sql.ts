import { numberedDraws, pickWeighted, sqlText } from './sql-text.js';

/** Products with their prices in cents. */
const PRODUCTS: Readonly<Record<string, number>> = {
  'Notebook, ruled': 450,
  'Notebook, dotted': 490,
  'Ballpoint pens (12)': 899,
  'Fountain pen "Classic"': 5_900,
  'Desk lamp': 3_450,
  'Standing desk': 48_900,
  'Office chair': 27_500,
  '27" monitor': 31_900,
  'Keyboard, US layout': 7_900,
  Mouse: 2_490,
  'Cable, 2 m': 950,
  Headset: 8_900,
  Webcam: 6_450,
  'Docking station': 18_900,
  'Laptop 14"': 129_900,
  'Laptop sleeve': 2_900,
  'Paper A4 (500)': 690,
  'Toner, black': 7_450,
  Whiteboard: 11_900,
  'Markers (4)': 790,
  'Coffee beans 1 kg': 1_850,
  'Travel mug': 1_990,
  Backpack: 6_900,
  'Plant, small': 1_290,
};

/** Regions of the Census Bureau; what is in none of them is a territory or abroad. */
const REGIONS: Readonly<Record<string, string>> = {
  Northeast: 'CT ME MA NH RI VT NJ NY PA',
  Midwest: 'IL IN MI OH WI IA KS MN MO NE ND SD',
  South: 'DE FL GA MD NC SC VA DC WV AL KY MS TN AR LA OK TX',
  West: 'AZ CO ID MT NV NM UT WY AK CA HI OR WA',
};

const STATUSES = { delivered: 80, shipped: 9, pending: 5, returned: 4, canceled: 2 };
/** 2024 and 2025, in seconds. */
const PERIOD_SECONDS = 731 * 86_400;

const DRAWS = ['d_customer', 'd_time', 'd_product', 'd_price', 'd_quantity', 'd_status'];

/** Orders numbered from 1. Customers with low numbers order more often, as some do. */
export function ordersSql(count: number, customers: number): string {
  const names = Object.keys(PRODUCTS).map(sqlText);
  const cents = Object.values(PRODUCTS);
  // In whole cents until the end: a price never passes through a double.
  const priceInCents = `(cents * (85 + floor(d_price * 31)::bigint) // 100)`;
  return `
    with products as (
      select unnest(range(0, ${names.length})) as number, unnest([${names.join(', ')}]) as product,
        unnest([${cents.join(', ')}]) as cents
    ),
    placed as (
      select *, 1 + floor(pow(d_customer, 1.5) * ${customers})::bigint as customer_id,
        floor(d_product * ${names.length})::bigint as product_number
      from (${numberedDraws('orders', count, DRAWS)})
    )
    select
      placed.i as order_id,
      timestamp '2024-01-01' + to_seconds(floor(d_time * ${PERIOD_SECONDS})::bigint) as ordered_at,
      placed.customer_id,
      products.product,
      ${regionOf('customers.tenant_id')} as region,
      1 + floor(pow(d_quantity, 3) * 20)::bigint as quantity,
      (${priceInCents}::decimal(12,2) * 0.01)::decimal(12,2) as unit_price,
      ${pickWeighted(STATUSES, 'd_status')} as status,
      customers.tenant_id
    from placed
    join "customers"."main"."rows" customers on customers.customer_id = placed.customer_id
    join products on products.number = placed.product_number`;
}

function regionOf(state: string): string {
  const cases = Object.entries(REGIONS).map(([region, states]) => {
    const list = states.split(' ').map(sqlText).join(', ');
    return `when ${state} in (${list}) then ${sqlText(region)}`;
  });
  return `case ${cases.join(' ')} else 'Elsewhere' end`;
}
