const MIB = 1_048_576;

/** S3 takes 10,000 parts of a file, and Azure 50,000 blocks. */
export const MAX_PARTS = 10_000;

/** Parts grow with the file: small files need little memory, large ones few parts. `until` is the first number past the step. */
const STEPS = [
  { until: 1_000, bytes: 8 * MIB },
  { until: 2_000, bytes: 16 * MIB },
  { until: MAX_PARTS, bytes: 32 * MIB },
] as const;

/** The largest file that fits: 273 GiB. Larger parts would take it further at the cost of each worker's memory. */
export const MAX_OBJECT_BYTES = STEPS.reduce(
  (sum, { until, bytes }, at) => sum + (until - (STEPS[at - 1]?.until ?? 0)) * bytes,
  0,
);

/** Bytes of the part with this number, from 0; undefined past the last. */
export function partBytes(index: number): number | undefined {
  return STEPS.find(({ until }) => index < until)?.bytes;
}
