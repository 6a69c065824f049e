import { lineSplitter, logLine } from './log-line.mjs';

const service = { name: 'gateway-1', index: 0 };
const plain = { width: 12, colour: false, json: false };
const answered = JSON.stringify({
  level: 'info',
  time: '2026-11-26T17:00:01.234Z',
  pid: 7,
  name: 'gateway',
  route: '/api/v1/query',
  status: 200,
  msg: 'answered',
});

describe('logLine', () => {
  it('puts time, service, level and message before the other fields', () => {
    expect(logLine(service, answered, plain)).toBe(
      '17:00:01.234 gateway-1    info  answered route=/api/v1/query status=200',
    );
  });

  it('tells an error by its message, without the stack, in one line', () => {
    const err = { type: 'Error', message: 'connect\nECONNREFUSED', stack: 'Error: at x' };
    const line = JSON.stringify({ level: 'warn', time: '2026-11-26T17:00:01.234Z', msg: 'lost', err });
    expect(logLine(service, line, plain)).toBe('17:00:01.234 gateway-1    warn  lost (connect ECONNREFUSED)');
  });

  it('leaves a line that is none of the logger as it is', () => {
    expect(logLine(service, '{"half', plain)).toMatch(/^\d\d:\d\d:\d\d\.\d{3} gateway-1    \{"half$/);
  });

  it('passes JSON on with the name of the service', () => {
    const json = { ...plain, json: true };
    expect(JSON.parse(logLine(service, answered, json))).toEqual({
      service: 'gateway-1',
      ...(JSON.parse(answered) as object),
    });
    expect(JSON.parse(logLine(service, 'no json', json))).toEqual({
      service: 'gateway-1',
      level: 'error',
      msg: 'no json',
    });
  });

  it('is coloured only where it is asked to be', () => {
    expect(logLine(service, answered, plain)).not.toContain('\u001b');
    expect(logLine(service, answered, { ...plain, colour: true })).toContain(
      '\u001b[36mgateway-1   \u001b[0m',
    );
  });
});

it('cuts what comes in pieces into lines', () => {
  const lines: string[] = [];
  const splitter = lineSplitter((line) => lines.push(line));
  for (const piece of ['a', 'b\n\nc\nd', 'e']) splitter.push(piece);
  expect(lines).toEqual(['ab', 'c']);
  splitter.end();
  expect(lines).toEqual(['ab', 'c', 'de']);
});
