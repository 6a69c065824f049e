import { SluiceError } from '@sluice/contracts';
import { EventStreams } from '../exports/event-streams.js';
import { LONGEST_STREAM_MS } from './query-pages.js';

const LIMITS = { perClient: 10, all: 200 };
const WORDS = { limit: 'pageStreamsPerClient', verb: 'read', what: 'streams of pages' };

/** Bounds the streams of pages that are open, by number and by time, and ends them when the process is to stop. */
export class PageStreams {
  private readonly places: EventStreams;

  constructor(
    limits = LIMITS,
    private readonly longestMs = LONGEST_STREAM_MS,
  ) {
    this.places = new EventStreams(limits, WORDS);
  }

  /**
   * @param work is told by a signal when it has to end, and throws its reason then
   * @throws SluiceError `rate-limited`, `overloaded`, `unavailable`, and what `work` throws
   */
  async hold<T>(clientId: string, work: (until: AbortSignal) => Promise<T>): Promise<T> {
    const place = this.places.take(clientId);
    const ends = new AbortController();
    const drain = (): void => {
      const message = 'The gateway is shutting down: go on from the last cursor.';
      ends.abort(new SluiceError('unavailable', message, { retryAfter: 1 }));
    };
    place.signal.addEventListener('abort', drain, { once: true });
    const timer = setTimeout(() => {
      ends.abort(tooLong(this.longestMs));
    }, this.longestMs);
    try {
      return await work(ends.signal);
    } catch (error) {
      // What was being asked or written ends in its own words when it is stopped.
      throw ends.signal.aborted ? ends.signal.reason : error;
    } finally {
      clearTimeout(timer);
      place.signal.removeEventListener('abort', drain);
      place.release();
    }
  }

  close(): void {
    this.places.close();
  }
}

function tooLong(ms: number): SluiceError {
  const message = `The stream was open for more than ${String(ms)} ms: go on from the last cursor.`;
  return new SluiceError('query-timeout', message, { limit: { name: 'streamMs', value: ms } });
}
