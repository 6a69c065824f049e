import { openApiText } from './openapi-text.js';

describe('openApiText', () => {
  it('is the document, the same each time', () => {
    expect(JSON.parse(openApiText())).toMatchObject({
      openapi: '3.1.0',
      paths: expect.any(Object) as object,
    });
    expect(openApiText()).toBe(openApiText());
    expect(openApiText().endsWith('}\n')).toBe(true);
  });
});
