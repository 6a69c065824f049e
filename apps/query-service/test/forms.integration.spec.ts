import { QueryAnswer } from '@sluice/contracts';
import { startOrdersService } from './orders-service.js';
import { RunningService } from './running-service.js';

let service: RunningService;

beforeAll(async () => {
  service = await startOrdersService();
});
afterAll(() => service.close());

const text = ({ body }: QueryAnswer): string => Buffer.concat(body).toString();

describe('a page in other forms', () => {
  const tricky = {
    select: [
      'id',
      {
        expr: "case when id = 0 then '=1+1' when id = 3 then 'a \"b\", c' when id = 6 then '' when id = 9 then ' x' end",
        as: '=t, "x"',
      },
      'amount',
      'ratio',
      'at',
      'even',
      'score',
    ],
    timezone: 'America/New_York',
    page: { limit: 5 },
  };

  it('is CSV as RFC 4180 has it: quoted where it must be, formulas defused, NULL empty', async () => {
    const answer = await service.run(tricky, { form: 'csv' });
    expect(answer.contentType).toBe('text/csv; charset=utf-8; header=present');
    expect(text(answer).split('\r\n')).toEqual([
      `id,"'=t, ""x""",amount,ratio,at,even,score`,
      `0,'=1+1,0.00,0.0,2024-03-10T05:59:59-04:00,true,`,
      `3,"a ""b"", c",37037036703.75,0.42857142857142855,2024-03-10T06:02:59-04:00,false,3`,
      `6,"",74074073407.50,0.8571428571428571,2024-03-10T06:05:59-04:00,true,1`,
      `9, x,111111110111.25,1.2857142857142858,2024-03-10T06:08:59-04:00,false,4`,
      `12,,148148146815.00,1.7142857142857142,2024-03-10T06:11:59-04:00,true,`,
      '',
    ]);
  });

  it('is NDJSON: the rows of the JSON page, a line each, written as the options say', async () => {
    for (const options of [{}, { rows: 'array' }, { numbers: 'string' }]) {
      const json = text(await service.run({ ...tricky, ...options }));
      const lines = text(await service.run({ ...tricky, ...options }, { form: 'ndjson' }));
      expect(lines.endsWith('\n')).toBe(true);
      expect(json).toContain(`"rows":[${lines.trimEnd().split('\n').join(',')}],"page"`);
    }
  });

  it.each(['csv', 'ndjson'] as const)('tells the rest beside the bytes, and walks on (%s)', async (form) => {
    const first = await service.run({ select: ['id'], page: { limit: 15 } }, { form });
    expect(first.facts).toMatchObject({ hasMore: true, totalRows: 20, totalIsExact: true, cached: false });
    const after = first.facts?.next;
    const second = await service.run({ select: ['id'], page: { limit: 15, after } }, { form });
    expect(second.facts).toMatchObject({ hasMore: false, next: null, totalRows: 20 });
    const ids = [first, second].flatMap((answer) => text(answer).match(/\d+/g) ?? []);
    expect(ids).toEqual(Array.from({ length: 20 }, (_, index) => String(index * 3)));
    expect(
      await service.run({ select: ['id'], page: { limit: 15 } }, { form, ifNoneMatch: first.etag }),
    ).toMatchObject({
      status: 304,
    });
  });

  it('has a header but no row, or nothing at all, when there is no row', async () => {
    const none = { select: ['id'], filter: { column: 'id', op: 'lt', value: 0 }, page: { limit: 1 } };
    expect(text(await service.run(none, { form: 'csv' }))).toBe('id\r\n');
    expect(text(await service.run(none, { form: 'ndjson' }))).toBe('');
  });

  it('leaves no line empty: a lone NULL is quoted', async () => {
    const lone = { select: ['score'], page: { limit: 2 } };
    expect(text(await service.run(lone, { form: 'csv' }))).toBe('score\r\n""\r\n3\r\n');
  });
});
