import { collectProcessMetrics, counter, gauge, histogram, renderMetrics } from './metrics.js';

describe('metrics', () => {
  it('gives the same metric for the same name', () => {
    const options = { name: 'test_things_total', help: 'Things.', labels: ['kind'] as const };
    expect(counter(options)).toBe(counter(options));
    const waiting = { name: 'test_waiting', help: 'Waiting.' };
    expect(gauge(waiting)).toBe(gauge(waiting));
    const seconds = { name: 'test_seconds', help: 'Time.', buckets: [1] };
    expect(histogram(seconds)).toBe(histogram(seconds));
  });

  it('renders what was counted, with the process beside it', async () => {
    collectProcessMetrics();
    collectProcessMetrics();
    counter({ name: 'test_shown_total', help: 'Shown.', labels: ['kind'] }).inc({ kind: 'a' });
    const { contentType, body } = await renderMetrics();
    expect(contentType).toContain('text/plain');
    expect(body).toContain('test_shown_total{kind="a"} 1');
    expect(body).toContain('process_cpu_seconds_total');
  });
});
