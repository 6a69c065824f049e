import { checkMachine } from './requirements.mjs';

const good = { node: '20.11.1', platform: 'linux', arch: 'x64', glibc: true };

describe('checkMachine', () => {
  it('accepts the oldest Node that starts', () => {
    expect(() => {
      checkMachine(good);
    }).not.toThrow();
  });

  it.each([
    [{ node: '18.20.0' }, 'Node 20 or later is needed; this is Node 18.20.0.'],
    [{ platform: 'win32' }, /WSL/],
    [{ arch: 'ia32' }, /linux-ia32/],
    [{ glibc: false }, /glibc/],
  ])('refuses %o in one sentence', (change, message) => {
    expect(() => {
      checkMachine({ ...good, ...change });
    }).toThrow(message);
  });
});
