/** Values near and far, plain and awkward; few enough that rows tie and that a written value meets one. */

const words = (text: string): readonly string[] => text.split(' ');

/** Of columns that some roles see as their hash. */
export const CODES = ['k1', 'k2', 'é', ''] as const;

export const TENANTS = ['CA', 'NY', 'TX'] as const;

/** Texts that look like values of other types, for casts; some only nearly. */
export const LOOKALIKES = [
  ...words('12 -1.50 1e3 +7 .5 5. 0x10 1_000 nan inf 12345e-2 9223372036854775807.5 -0 true TRUE yes'),
  ...words(
    '2024-02-30 2024-03-31 2024-3-1 2024-03-31T02:30 2024-11-03T01:30:15.25 2024-03-10T24:00 2024-03-10T10:00+05:30',
  ),
  ...[' 1', '2024-10-27 02:30:00.25Z'],
];

export const TEXTS = [
  ...words(
    'a A ab aB a%b a_b % _ \\ "q" é e\u0301 É ß ı Ǆ 😀 😀a שלום مرحبا aaaaaaaaaa aaaaaaaaab NULL =1+1 zz',
  ),
  ...[
    '',
    "it's",
    'x\ny',
    '\t',
    ' pad ',
    '\u00a0nb\u3000',
    '\uffff',
    '\u{10ffff}',
    '\u0001',
    '12',
    '-1.50',
    'true',
  ],
];

export const DATES = words(
  '0104-02-29 1582-10-10 1899-12-31 1970-01-01 2000-02-29 2021-01-03 2024-02-29 2024-03-10 2024-03-31 2024-11-03 2024-12-30 2025-01-01 9890-12-31',
);

/** In UTC. Days on which clocks change are among them, in America/New_York, Europe/Berlin and Australia/Lord_Howe. */
export const TIMES = [
  ...words('0104-01-02T00:00:00 1880-05-05T12:34:56.789 1969-12-31T23:59:59.999999 1970-01-01T00:00:00'),
  ...words('2024-02-29T23:30:00 2024-03-10T06:59:59.999999 2024-03-10T07:00:00 2024-11-03T05:30:00'),
  ...words('2024-11-03T06:30:00 2024-03-31T00:59:59.5 2024-03-31T01:00:00 2024-10-27T00:30:00'),
  ...words('2024-10-27T01:30:00.000001 2024-04-06T14:45:00 2024-04-06T15:15:00 2024-10-05T15:30:00'),
  ...words('2024-12-31T18:31:00 2025-01-01T00:00:00 9890-12-30T12:00:00.000001'),
];

/** As a request may write them: with and without a zone, twice on the clock and never on it. */
export const WRITTEN_TIMES = [
  ...TIMES.slice(0, 12),
  ...words('2024-03-10 2024-03-10T02:30 2024-10-06T02:15 2024-04-07T01:45:00 2024-03-31T02:30:00Z'),
  ...words('2024-10-27t02:30:00.5+01:00 2024-10-27T02:30 2025-01-01T05:30+05:30'),
  '2024-11-03 01:30:00',
];

export const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
] as const;
/** Instants at which queries are asked. */
export const CLOCKS = words(
  '2024-03-10T07:00:05.25 2024-11-03T06:30:00 2024-10-27T00:59:59.999999 2025-01-01T00:10:00',
);

export const NUMBERS = words(
  '0 1 -1 2 3 2.5 -0.05 .5 12.50 0.0000000001 1e3 -2.5E-3 1e300 9223372036854775807 -9223372036854775808 9223372036854775808 ' +
    '9999999999.995 1e40 123456789012345678901234567890.1234567890123456789',
);

export const PATTERNS = [
  '%',
  '',
  '_',
  'a%',
  'A%',
  '%a%',
  '%B%',
  '%b',
  '%a_',
  '_%_',
  'a\\_b',
  '\\%',
  '%\\\\',
  'É%',
  '😀_',
  'AAA%b',
  '"_"',
  '%\n%',
];

/** What `inLast` takes, as its unit and number are meant. */
export const SPANS = [
  { text: '90s', unit: 'second', count: 90n },
  { text: '45 min', unit: 'minute', count: 45n },
  { text: '1h', unit: 'hour', count: 1n },
  { text: '36 hours', unit: 'hour', count: 36n },
  { text: '1d', unit: 'day', count: 1n },
  { text: '7 days', unit: 'day', count: 7n },
  { text: '2w', unit: 'week', count: 2n },
  { text: '1 month', unit: 'month', count: 1n },
  { text: '8mo', unit: 'month', count: 8n },
  { text: '3 quarters', unit: 'quarter', count: 3n },
  { text: '1y', unit: 'year', count: 1n },
  { text: '200 years', unit: 'year', count: 200n },
] as const;

export const STRETCHES = [
  ...[
    'today',
    'yesterday',
    'tomorrow',
    '2024',
    '2024-Q1',
    '2024-Q4',
    '2024-03',
    '2024-11',
    '2024-W10',
    '2024-W44',
    '2020-W53',
  ],
  ...['this', 'last', 'next'].flatMap((which) =>
    ['week', 'month', 'quarter', 'year'].map((unit) => `${which} ${unit}`),
  ),
  ...DATES.slice(3),
];
