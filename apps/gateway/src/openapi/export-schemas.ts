import { EXPORT_COMPRESSIONS, EXPORT_FORMATS, JOB_STATES } from '@sluice/contracts';
import { flag, listOf, orNull, record, ref, text, time, whole, type Schema } from './json-schema.js';
import { EXPORT_EXAMPLE, JOB_EXAMPLE } from './examples.js';

const jobId = text(undefined, { format: 'uuid' });
const sha256 = text('Of the file, hex.', { pattern: '^[0-9a-f]{64}$' });
const format: Schema = { enum: [...EXPORT_FORMATS] };
const compression: Schema = { enum: [...EXPORT_COMPRESSIONS, null] };

/** What is asked and answered on `/exports`. */
export const EXPORT_SCHEMAS: Readonly<Record<string, Schema>> = {
  CsvOptions: record(
    {
      delimiter: { enum: [',', ';', '|', '\t'], default: ',' },
      bom: { ...flag('Begins the file with a byte order mark.'), default: false },
      nullText: text('What a NULL is written as.', { maxLength: 16, default: '' }),
      rawText: { ...flag('Leaves text as it is that a spreadsheet would run as a formula.'), default: false },
    },
    ['delimiter', 'bom', 'nullText', 'rawText'],
  ),
  PdfOptions: record(
    {
      title: {
        ...orNull(
          text('Printed above the table; the dataset’s name unless given.', { minLength: 1, maxLength: 200 }),
        ),
        default: null,
      },
      paper: { enum: ['a4', 'letter'], default: 'a4' },
    },
    ['title', 'paper'],
  ),
  ExportRequest: record(
    {
      queryDefinition: ref('QueryDefinition'),
      format,
      compression,
      options: record({ csv: ref('CsvOptions'), pdf: ref('PdfOptions') }, ['csv', 'pdf']),
    },
    ['compression', 'options'],
    { examples: [EXPORT_EXAMPLE] },
  ),
  Manifest: record(
    {
      jobId,
      attempt: whole(),
      tenant: text(),
      dataset: text(),
      queryHash: text(),
      policyHash: text('What policy allowed of the columns and rows that were read, as a hash.'),
      policyVersion: text(),
      dataVersion: text(),
      columns: listOf(ref('Column')),
      format,
      compression,
      rows: whole(),
      bytes: whole(),
      sha256,
      createdAt: time(),
      signature: text('Over all the above.'),
    },
    ['policyHash'],
  ),
  ExportResult: record({
    rows: whole('Rows of the file, the header not counted.'),
    bytes: whole(),
    sha256,
    downloadUrl: orNull(
      text('A credential by itself: signed anew at each look; null once the file is gone.', {
        format: 'uri',
      }),
    ),
    urlExpiresAt: orNull(time('24 hours after the look at most.')),
    fileExpiresAt: time(),
    manifest: ref('Manifest'),
  }),
  ExportJob: record(
    {
      jobId,
      state: { enum: [...JOB_STATES] },
      format,
      compression,
      progress: record({
        percent: { type: 'number', minimum: 0, maximum: 100 },
        rowsDone: whole(),
        rowsExpected: orNull(whole()),
      }),
      attempt: whole(),
      queuePosition: orNull(whole('In the line of the caller’s tenant.')),
      createdAt: time(),
      startedAt: orNull(time()),
      finishedAt: orNull(time()),
      error: orNull(record({ code: text(), message: text() })),
      result: orNull(ref('ExportResult')),
      expired: flag('The file was deleted, or its time is over; `result` still tells what it was.'),
    },
    [],
    { examples: [JOB_EXAMPLE] },
  ),
  ExportList: record({
    jobs: listOf(ref('ExportJob')),
    page: record({
      limit: whole(),
      returned: whole(),
      hasMore: flag(),
      next: orNull(text('Cursor of the next page, for `after`.')),
    }),
  }),
};
