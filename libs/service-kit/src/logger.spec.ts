import { createLogger } from './logger.js';

function linesOf(write: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLogger('gateway', 'info', { write: (line) => lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('createLogger', () => {
  it('writes JSON lines with name, level word and ISO time', () => {
    const [line] = linesOf((logger) => logger.info({ requestId: 'r1' }, 'done'));
    expect(line).toMatchObject({ name: 'gateway', level: 'info', requestId: 'r1', msg: 'done' });
    expect(line?.['time']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('leaves out what is below its level', () => {
    expect(linesOf((logger) => logger.debug('quiet'))).toEqual([]);
  });

  it('cuts out headers and tokens', () => {
    const [line] = linesOf((logger) =>
      logger.info({ req: { headers: { authorization: 'Bearer x' }, url: '/' } }),
    );
    expect(JSON.stringify(line)).not.toContain('Bearer');
  });
});
