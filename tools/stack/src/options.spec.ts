import { readOptions } from './options.mjs';

const read = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => readOptions(args, env, '/clone');

describe('readOptions', () => {
  it('runs one of each unless told otherwise', () => {
    expect(read([])).toEqual({
      counts: {
        gateway: 1,
        'query-service': 1,
        'export-orchestrator': 1,
        'export-worker': 1,
        'audit-service': 1,
      },
      store: 'azure',
      json: false,
      help: false,
      port: 3000,
      home: '/clone/.sluice/stack',
    });
  });

  it('reads how many of each', () => {
    const args = ['--gateways', '2', '--query-services=3', '--orchestrators', '2', '--workers', '3'];
    expect(
      read([...args, '--store', 'local', '--json'], { PORT: '4000', SLUICE_HOME: '/state' }),
    ).toMatchObject({
      counts: { gateway: 2, 'query-service': 3, 'export-orchestrator': 2, 'export-worker': 3 },
      store: 'local',
      json: true,
      port: 4000,
      home: '/state',
    });
  });

  it.each<[readonly string[], NodeJS.ProcessEnv, string]>([
    [['--gateways', '0'], {}, '--gateways takes a whole number from 1 to 16.'],
    [['--workers', 'many'], {}, '--workers takes a whole number from 1 to 16.'],
    [['--store', 's3'], {}, '--store takes azure or local.'],
    [['--replicas', '2'], {}, '--replicas'],
    [[], { PORT: '0' }, 'PORT is not valid'],
  ])('refuses %j %j', (args, env, told) => {
    expect(() => read(args, env)).toThrow(told);
  });
});
