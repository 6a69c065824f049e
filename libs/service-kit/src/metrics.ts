import { collectDefaultMetrics, Counter, Gauge, Histogram, register } from 'prom-client';

export type { Counter, Gauge, Histogram } from 'prom-client';

/** Seconds; from a cached answer to the longest query. */
export const DURATION_BUCKETS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300,
];

interface MetricOptions<L extends string> {
  readonly name: string;
  readonly help: string;
  /** Of small, closed sets of values only: never an id, a path or a tenant's text. */
  readonly labels?: readonly L[];
}

/*
 * One registry per process, so that the standalone form shows all five apps on one page. Asking twice for a metric
 * gives the first one: apps may be started again in the same process.
 */

export function counter<L extends string = never>(options: MetricOptions<L>): Counter<L> {
  const { name, help, labels = [] } = options;
  const known = register.getSingleMetric(name) as Counter<L> | undefined;
  return known ?? new Counter<L>({ name, help, labelNames: labels });
}

export function gauge<L extends string = never>(options: MetricOptions<L>): Gauge<L> {
  const { name, help, labels = [] } = options;
  const known = register.getSingleMetric(name) as Gauge<L> | undefined;
  return known ?? new Gauge<L>({ name, help, labelNames: labels });
}

/** @param options `buckets` in the metric's own unit; seconds by default */
export function histogram<L extends string = never>(
  options: MetricOptions<L> & { readonly buckets?: readonly number[] },
): Histogram<L> {
  const { name, help, labels = [], buckets = DURATION_BUCKETS } = options;
  const known = register.getSingleMetric(name) as Histogram<L> | undefined;
  return known ?? new Histogram<L>({ name, help, labelNames: labels, buckets: [...buckets] });
}

/** Adds memory, CPU, event loop and file handles of this process, once. */
export function collectProcessMetrics(): void {
  if (register.getSingleMetric('process_cpu_seconds_total') === undefined) collectDefaultMetrics();
}

/** All metrics of this process, as Prometheus reads them. */
export async function renderMetrics(): Promise<{ readonly contentType: string; readonly body: string }> {
  return { contentType: register.contentType, body: await register.metrics() };
}
