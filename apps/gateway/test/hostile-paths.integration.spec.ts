import { SluiceError } from '@sluice/contracts';
import { startHarness, type Harness } from './gateway-harness.js';
import { exchange, mustBeProblem, rawRequest } from './raw-http.js';
import { JOB_ID } from './sample-answers.js';

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'QUERY', 'DELETE'];
const GOVERNED = '/api/v1/';
/** The one governed route that a signed link opens instead of a token. */
const BY_LINK = '/api/v1/exports/:id/file';

/** Spellings by which other gateways were talked out of their check; the last slash of a path is `lastSlash`. */
const lastSlash = /\/(?=[^/]*$)/;
const MUTATIONS: Readonly<Record<string, (path: string) => string>> = {
  plain: (path) => path,
  'a doubled slash before': (path) => `/${path}`,
  'a doubled slash within': (path) => path.replace(lastSlash, '//'),
  'an encoded letter': (path) => path.replace(/[a-z]/, (char) => `%${char.charCodeAt(0).toString(16)}`),
  'every letter encoded': (path) =>
    path.replaceAll(/[a-z]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
  'an encoded slash': (path) => path.replace(lastSlash, '%2F'),
  'a path parameter': (path) => `${path};x=1`,
  'a path parameter within': (path) => path.replace(lastSlash, ';x/'),
  'a trailing slash': (path) => `${path}/`,
  'a dot segment': (path) => path.replace(lastSlash, '/./'),
  'a way up and down': (path) => `/healthz/..${path}`,
  'an encoded way up': (path) => `/healthz/%2e%2e${path}`,
  'upper case': (path) => path.toUpperCase(),
  'double encoding': (path) => path.replace(/[a-z]/, (char) => `%25${char.charCodeAt(0).toString(16)}`),
  'an encoded NUL': (path) => `${path}%00`,
  'a raw NUL': (path) => `${path}\0`,
  backslashes: (path) => path.replaceAll('/', '\\'),
  'an encoded backslash': (path) => path.replace(lastSlash, '%5C'),
  'an empty query': (path) => `${path}?`,
  'a query like an open path': (path) => `${path}?/../../healthz`,
  'an encoded question mark': (path) => `${path}%3F/healthz`,
  'a fragment': (path) => `${path}#/healthz`,
  'half an escape': (path) => `${path}%e0%a`,
  'another host before': (path) => `http://elsewhere.test${path}`,
  'a dot at the end': (path) => `${path}.`,
  'a file ending': (path) => `${path}.json`,
  'an encoded line end': (path) => `${path}%0d%0aX-Y:1`,
};

describe('however a path is spelt', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
    harness.bus.otherwise = () => {
      throw new SluiceError('unknown-dataset', 'There is no such dataset.');
    };
  });
  afterAll(() => harness.stop());

  const governedRoutes = () =>
    harness.gateway.routes
      .map(({ template }) => template)
      .filter((template) => template.startsWith(GOVERNED));

  const pathOf = (template: string) =>
    template.replace(':id', JOB_ID).replaceAll(/:\w+/g, 'flights').replaceAll('*', 'x');

  async function statusOf(method: string, target: string, headers: readonly string[] = []): Promise<number> {
    const [answer, ...more] = await exchange(
      harness.gateway.port,
      rawRequest({ method, target, headers }),
      method,
    );
    if (answer === undefined || more.length > 0) throw new Error(`${method} ${target} had not one answer.`);
    if (answer.status >= 400) mustBeProblem(answer, `${method} ${target}`, method);
    return answer.status;
  }

  it('covers every route of the API', () => {
    expect(governedRoutes()).toEqual(
      expect.arrayContaining(['/api/v1/query', '/api/v1/datasets/:name', '/api/v1/exports', BY_LINK]),
    );
  });

  it.each(Object.keys(MUTATIONS))('nobody comes in without a token: %s', async (name) => {
    const found: string[] = [];
    for (const template of governedRoutes()) {
      // Broken HTTP (a raw NUL, a backslash first) is refused as such, before there is a route.
      const fine = [400, 401, 404, 405, ...(template === BY_LINK ? [403] : [])];
      const target = MUTATIONS[name]!(pathOf(template));
      for (const method of METHODS) {
        const statuses = [
          await statusOf(method, target),
          await statusOf(method, target, ['Authorization: Bearer e30.e30.x']),
        ];
        if (!statuses.every((status) => fine.includes(status))) {
          found.push(`${method} ${target}: ${statuses.join(', ')}`);
        }
      }
    }
    expect(found).toEqual([]);
    expect(harness.bus.asked).toEqual([]);
  });

  it('a caller is let in to the same handler or to none', async () => {
    const token = [`Authorization: Bearer ${await harness.issuer.token()}`];
    const found: string[] = [];
    for (const template of governedRoutes()) {
      const plain = pathOf(template);
      for (const method of METHODS) {
        const expected = await statusOf(method, plain, token);
        for (const [name, mutate] of Object.entries(MUTATIONS)) {
          const status = await statusOf(method, mutate(plain), token);
          if (![expected, 400, 404, 405].includes(status)) {
            found.push(`${method} ${plain} is ${String(expected)}, with ${name} ${String(status)}`);
          }
        }
      }
    }
    expect(found).toEqual([]);
  });
});
