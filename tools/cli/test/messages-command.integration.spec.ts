import { runCli } from '../src/index.js';

async function sluice(args: readonly string[], env: Record<string, string> = {}) {
  let [out, err] = ['', ''];
  const code = await runCli(['messages', ...args], {
    env,
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
    signal: new AbortController().signal,
  });
  return { code, out, err };
}

/** What it does is shown in libs/messaging, on queues that no service takes from. */
describe('sluice messages', () => {
  it.each([
    [['put-back', 'export.lost'], 'Events are audit.recorded, export.ready, export.finished.'],
    [['put-back', 'export.ready', '--most', '0'], 'A whole number from 1 to 100000.'],
    [['list'], 'SLUICE_RABBITMQ_URL is not set, but required.'],
  ])('%j says what is wrong', async (args, sentence) => {
    const { code, out, err } = await sluice(args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(sentence);
  });

  it.each([[['list']], [['put-back', 'export.ready']]])(
    '%j says which broker it cannot reach',
    async (args) => {
      const { code, err } = await sluice(args, { SLUICE_RABBITMQ_URL: 'amqp://a:b@127.0.0.1:1' });
      expect({ code, err }).toEqual({
        code: 1,
        err: expect.stringMatching(/^sluice: RabbitMQ at 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/),
      });
    },
  );
});
