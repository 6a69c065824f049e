import fc from 'fast-check';
import { negotiateForm } from './negotiate.js';

describe('negotiateForm', () => {
  it.each([
    [null, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    ['application/json', 'json'],
    ['application/json; charset=utf-8', 'json'],
    ['text/csv', 'csv'],
    ['TEXT/CSV;header=present', 'csv'],
    ['text/*', 'csv'],
    ['application/*', 'json'],
    ['application/x-ndjson', 'ndjson'],
    ['text/csv, application/json', 'json'],
    ['application/json;q=0.5, text/csv;q=0.8', 'csv'],
    ['application/json;q=0, */*;q=0.1', 'csv'],
    ['application/*;q=0.9, application/json;q=0.2', 'ndjson'],
    ['text/html, application/xhtml+xml, */*;q=0.8', 'json'],
    ['text/csv;q=nonsense, application/x-ndjson;q=0.001', 'ndjson'],
  ])('reads %j as %s', (accept, form) => {
    expect(negotiateForm(accept)).toBe(form);
  });

  it.each(['text/html', 'application/json;q=0', '*/*;q=0', 'csv', 'text/csv;q=2', ';;;', ','])(
    'refuses %j',
    (accept) => {
      expect(() => negotiateForm(accept)).toThrow('A page can be answered as');
    },
  );

  it('never fails on anything else than by refusing', () => {
    fc.assert(
      fc.property(fc.string(), (accept) => {
        try {
          expect(['json', 'csv', 'ndjson']).toContain(negotiateForm(accept));
        } catch (error) {
          expect(error).toMatchObject({ code: 'not-acceptable' });
        }
      }),
    );
  });
});
