import { EventStreams } from './event-streams.js';

describe('EventStreams', () => {
  it('bounds those of a client and those of all, and gives a place back once', () => {
    const streams = new EventStreams({ perClient: 2, all: 3 });
    const [first] = [streams.take('a'), streams.take('a')];
    expect(() => streams.take('a')).toThrow(
      expect.objectContaining({
        code: 'rate-limited',
        details: expect.objectContaining({ retryAfter: 5 }) as unknown,
      }),
    );
    streams.take('b');
    expect(() => streams.take('c')).toThrow(expect.objectContaining({ code: 'overloaded' }));
    first.release();
    first.release();
    streams.take('c');
    expect(() => streams.take('a')).toThrow(expect.objectContaining({ code: 'overloaded' }));
  });

  it('ends all when it closes, and takes no more', () => {
    const streams = new EventStreams();
    const place = streams.take('a');
    streams.close();
    expect(place.signal.aborted).toBe(true);
    expect(() => streams.take('a')).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });
});
