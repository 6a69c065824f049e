import { setFlagsFromString } from 'node:v8';

/** The releases of V8 in which the flags were tried; a later one may not have them. */
const KNOWN = /^13\./;

/**
 * To be imported first of all, since loading modules makes the young generation grow already.
 *
 * Files that flow through let V8 grow the young generation to its 48 MiB. That is then more than what is left below the limit of a heap of
 * 30 MiB, which V8 takes for a heap that is nearly full: it marks the whole heap, again and again, up to seven times a second. The young
 * generation is kept at its first size, which is swept more often at next to no cost, and the limit stands further above what is
 * alive (decision 037 has the figures).
 */
if (KNOWN.test(process.versions.v8)) {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=300');
}
