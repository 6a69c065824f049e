import { z } from 'zod';
import {
  flagSetting,
  integerSetting,
  listSetting,
  portSetting,
  readerOf,
  readSettings,
  readTogether,
  secretSetting,
  SettingsError,
} from './settings.js';

const schema = z.object({
  SLUICE_SECRET: secretSetting(),
  PORT: portSetting().default(3000),
  VERBOSE: flagSetting().default(false),
  HOSTS: listSetting().default([]),
  LEVEL: z.enum(['debug', 'info']).default('info'),
});
const secret = 'k3j8d0s7f6g5h4j3k2l1q9w8e7r6t5y4';

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readSettings(schema, env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('readSettings', () => {
  it('reads typed values and leaves out what it does not know', () => {
    expect(
      readSettings(schema, {
        SLUICE_SECRET: secret,
        PORT: '8080',
        VERBOSE: 'yes',
        HOSTS: 'a, b,',
        HOME: '/x',
      }),
    ).toEqual({ SLUICE_SECRET: secret, PORT: 8080, VERBOSE: true, HOSTS: ['a', 'b'], LEVEL: 'info' });
  });

  it('takes an empty variable as one that is not set', () => {
    expect(readSettings(schema, { SLUICE_SECRET: secret, PORT: '' }).PORT).toBe(3000);
  });

  it('lists every bad variable, each in one sentence', () => {
    expect(problemsOf({ PORT: '70000', VERBOSE: 'perhaps', LEVEL: 'loud' })).toEqual([
      'SLUICE_SECRET is not set, but required.',
      'PORT is not valid: expected a whole number from 0 to 65535.',
      'VERBOSE is not valid: expected true or false.',
      expect.stringMatching(/^LEVEL is not valid: .*\.$/),
    ]);
  });

  it.each([
    ['short', 'hunter2', 'at least 32 characters'],
    ['repeated', 'ab'.repeat(20), 'not a few repeated ones'],
    ['from an example', 'change-me-0123456789-abcdefghijklmnop', 'not one of an example'],
  ])('refuses a secret that is %s', (_, SLUICE_SECRET, told) => {
    expect(problemsOf({ SLUICE_SECRET })).toContainEqual(expect.stringContaining(told));
  });

  it('never repeats a value', () => {
    expect(problemsOf({ SLUICE_SECRET: 'hunter2', PORT: 'hunter2' }).join()).not.toContain('hunter2');
  });

  it('reports a rule over several variables by its own message', () => {
    const paired = z
      .object({ A: z.string().optional(), B: z.string().optional() })
      .superRefine((value, context) => {
        if (value.A !== undefined && value.B === undefined) {
          context.addIssue({ code: 'custom', message: 'A needs B.' });
        }
      });
    expect(() => readSettings(paired, { A: 'x' })).toThrow('A needs B.');
  });

  it.each(['', ' 1', '1.5', '0x10', '1e3', '-1', '11'])('refuses %j as an integer from 0 to 10', (text) => {
    expect(integerSetting(0, 10).safeParse(text).success).toBe(false);
  });
});

describe('readTogether', () => {
  const a = z.object({ SLUICE_SECRET: secretSetting(), PORT: portSetting() });
  const b = z.object({ SLUICE_SECRET: secretSetting(), LEVEL: z.string() });
  const readers = { a: readerOf(a), b: readerOf(b) };

  it('gives what each reader reads, by its name', () => {
    expect(readTogether({ SLUICE_SECRET: secret, PORT: '1', LEVEL: 'x' }, readers)).toEqual({
      a: { SLUICE_SECRET: secret, PORT: 1 },
      b: { SLUICE_SECRET: secret, LEVEL: 'x' },
    });
  });

  it('tells the problems of all readers at once, each once', () => {
    expect(() => readTogether({ PORT: 'high' }, readers)).toThrow(
      new SettingsError([
        'SLUICE_SECRET is not set, but required.',
        'PORT is not valid: expected a whole number from 0 to 65535.',
        'LEVEL is not set, but required.',
      ]),
    );
  });

  it('throws what is no problem of the settings as it is', () => {
    const fault = new Error('disk');
    const broken = (): never => {
      throw fault;
    };
    expect(() => readTogether({}, { broken })).toThrow(fault);
  });
});
