import { columnWidths } from './column-widths.js';
import { sheetName } from './sheet-names.js';
import { sheetHead, sheetTail } from './sheet-xml.js';

const column = (name: string, type = 'text') => ({ name, type, masked: false });

describe('the layout of a sheet', () => {
  it('gives a column the width of its header or first rows, within bounds', () => {
    const rows =
      '<row r="2"><c r="A2" t="inlineStr"><is><t>a text of 20 letters</t></is></c><c r="C2"><v>1</v></c>' +
      '<c r="D2" t="inlineStr"><is><t xml:space="preserve">one&#10;&amp;&amp; two three four</t></is></c>' +
      `<c r="E2" t="inlineStr"><is><t>日本語日本語</t></is></c><c r="F2" t="inlineStr"><is><t>${'x'.repeat(99)}</t></is></c></row>\n`;
    const columns = ['a', 'a longer header', 'c', 'd', 'e', 'f'].map((name) => column(name));
    expect(columnWidths(columns, rows)).toEqual([22, 19, 8, 19, 14, 60]);
    expect(columnWidths([column('d', 'date'), column('t', 'timestamp'), column('b', 'boolean')], '')).toEqual(
      [12, 24, 8],
    );
  });

  it.each([
    ['people', 0, 'people'],
    ['people', 1, 'people (2)'],
    ['a[b]:c*d?e/f\\g', 0, 'a_b__c_d_e_f_g'],
    ["'quoted'", 0, '_quoted_'],
    ['ABOUT', 0, 'Data'],
    ['history', 1, 'Data (2)'],
    ['', 0, 'Data'],
    ['x'.repeat(40), 0, 'x'.repeat(31)],
    ['x'.repeat(40), 11, `${'x'.repeat(26)} (12)`],
  ])('calls sheet %j, %d', (dataset, index, name) => {
    expect(sheetName(dataset, index)).toBe(name);
  });

  it('freezes the header, and filters what is there', () => {
    const head = sheetHead([column('a <b>'), column('c')], [8, 9], true);
    expect(head).toContain('<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>');
    expect(head).toContain('<col min="2" max="2" width="9" customWidth="1"/>');
    expect(head).toContain(
      '<c r="A1" s="4" t="inlineStr"><is><t xml:space="preserve">a &lt;b&gt;</t></is></c>',
    );
    expect(sheetTail(2, 0)).toContain('<autoFilter ref="A1:B1"/>');
    expect(sheetTail(28, 1_048_575)).toContain('<autoFilter ref="A1:AB1048576"/>');
  });
});
