import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
/** The engine's ways to read a result piece by piece. */
const STREAMING =
  /\b(?:stream(?:AndRead\w*)?|startStream\w*|fetchChunk|fetchAllChunks|yieldRow\w*|(?:runAnd|startThen)Read(?:Until)?)\s*\(/;

function sources(): readonly string[] {
  return ['apps', 'libs'].flatMap((kind) =>
    readdirSync(join(ROOT, kind)).flatMap((project) => {
      const src = join(ROOT, kind, project, 'src');
      return readdirSync(src, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => join(src, file));
    }),
  );
}

// A streamed result that fails half-way ends like one that is complete, without an error: what is read must be read whole, or copied.
it('streams no result of the engine anywhere', () => {
  const files = sources();
  expect(files.length).toBeGreaterThan(100);
  const streaming = files.filter((file) => {
    const text = readFileSync(file, 'utf8');
    return text.includes('@duckdb/') && STREAMING.test(text);
  });
  expect(streaming).toEqual([]);
});

it.each([
  'connection.stream(sql)',
  'await connection.streamAndReadAll(sql)',
  'result.fetchChunk()',
  'prepared.stream ()',
])('would see %s', (code) => {
  expect(code).toMatch(STREAMING);
});
