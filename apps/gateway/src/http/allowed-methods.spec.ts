import { AllowedMethods } from './allowed-methods.js';

describe('AllowedMethods', () => {
  const methods = new AllowedMethods();
  methods.add('/api/v1/exports/:id', 'GET');
  methods.add('/api/v1/exports/:id', ['DELETE']);
  methods.add('/docs/swagger/v1/swagger.json', 'GET');

  it('knows the methods of a path', () => {
    expect(methods.of('/api/v1/exports/1')).toEqual(['DELETE', 'GET']);
    expect(methods.of('/docs/swagger/v1/swagger.json')).toEqual(['GET']);
  });

  it.each(['/api/v1/exports', '/api/v1/exports/', '/api/v1/exports/1/x', '/docs/swagger/v1/swaggerxjson'])(
    'knows none for %s',
    (path) => {
      expect(methods.of(path)).toEqual([]);
    },
  );

  it('lists its routes', () => {
    expect(methods.templates()[0]).toEqual({ template: '/api/v1/exports/:id', methods: ['DELETE', 'GET'] });
  });
});
