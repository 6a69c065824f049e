import { withoutEchoes } from './signals.mjs';

describe('withoutEchoes', () => {
  let clock: number;
  let heard: string[];
  let deliver: (signal: NodeJS.Signals) => void;

  beforeEach(() => {
    clock = 0;
    heard = [];
    deliver = withoutEchoes(
      (signal) => heard.push(signal),
      () => clock,
    );
  });

  it('counts the two signals of one Ctrl-C under npm once', () => {
    deliver('SIGINT');
    clock = 20;
    deliver('SIGINT');
    expect(heard).toEqual(['SIGINT']);
  });

  it('counts a second, deliberate Ctrl-C', () => {
    deliver('SIGINT');
    clock = 900;
    deliver('SIGINT');
    expect(heard).toEqual(['SIGINT', 'SIGINT']);
  });

  it('does not take one signal for the echo of another', () => {
    deliver('SIGINT');
    deliver('SIGTERM');
    expect(heard).toEqual(['SIGINT', 'SIGTERM']);
  });
});
