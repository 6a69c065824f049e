import { SettingsError } from '@sluice/service-kit';
import { readNetworkedConfig } from './networked.config.js';

const env = { SLUICE_POSTGRES_URL: 'postgres://a:b@db/x', SLUICE_RABBITMQ_URL: 'amqp://a:b@broker' };

describe('readNetworkedConfig', () => {
  it('has defaults for what has to have none', () => {
    expect(readNetworkedConfig(env)).toEqual({
      service: { logLevel: 'info' },
      postgresUrl: 'postgres://a:b@db/x',
      rabbitMqUrl: 'amqp://a:b@broker',
      healthPort: 9_000,
    });
  });

  it('names every bad variable, and no value', () => {
    const read = (): unknown =>
      readNetworkedConfig({ SLUICE_POSTGRES_URL: 'mysql://a:secret@db', SLUICE_HEALTH_PORT: '70000' });
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(
      /SLUICE_POSTGRES_URL is not valid: expected postgres:.*\n.*SLUICE_RABBITMQ_URL.*\n.*SLUICE_HEALTH/,
    );
    expect(read).not.toThrow('secret');
  });
});
