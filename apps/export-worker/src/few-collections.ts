import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** The releases of V8 in which the flags were tried; a later one may not have them. */
const KNOWN = /^13\./;
/** Both halves of the young generation together. */
const YOUNG_BYTES = 8 << 20;
/** More than enough objects that stay alive for the young generation to grow by. */
const MOST_OBJECTS = 500_000;

/**
 * To be imported first of all, since loading modules makes the young generation grow already.
 *
 * Files that flow through let V8 grow the young generation to its 48 MiB. That is then more than what is left below the limit of a heap of
 * 30 MiB, which V8 takes for a heap that is nearly full: it marks the whole heap, again and again, up to seven times a second. The young
 * generation is kept small, and the limit stands further above what is alive. It is not kept at its first size of 1 MiB either: buffers
 * that wait for their turn would outlive two of its sweeps and then lie about, up to 64 MiB of them, until the whole heap is marked
 * (decision 037 has the figures).
 */
if (KNOWN.test(process.versions.v8)) {
  setFlagsFromString('--semi-space-growth-factor=4');
  growYoungGeneration();
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=150');
}

/** There is no way to set the size of a running process; it grows, by the factor, when more stays alive than it holds. */
function growYoungGeneration(): void {
  const alive: object[] = [];
  while (youngBytes() < YOUNG_BYTES && alive.length < MOST_OBJECTS) {
    for (let count = 0; count < 1_000; count++) alive.push({ count });
  }
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;
}
