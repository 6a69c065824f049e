import { sublineOf } from './subline.js';

const at = new Date('2024-07-01T22:30:00Z');

describe('the line below a title', () => {
  it('tells rows, when they were read, the zone of times, and masks', () => {
    const columns = [
      { name: 'name', type: 'text', masked: true },
      { name: 'at', type: 'timestamp', masked: false },
    ];
    expect(sublineOf(columns, at, 'Europe/Berlin')(1_234_567)).toBe(
      '1,234,567 rows  ·  read 2024-07-02 00:30 (Europe/Berlin)  ·  times in Europe/Berlin  ·  masked: name',
    );
  });

  it('says nothing of what there is not', () => {
    expect(sublineOf([{ name: 'n', type: 'integer', masked: false }], at, 'UTC')(1)).toBe(
      '1 row  ·  read 2024-07-01 22:30 (UTC)',
    );
  });
});
