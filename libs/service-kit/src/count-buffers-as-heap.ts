import { setFlagsFromString } from 'node:v8';

/** The releases of V8 in which the flag was tried; a later one may not have it. */
const KNOWN = /^13\./;

/**
 * For processes through which large pages go. To be called first of all.
 *
 * V8 marks the whole heap for each 64 MiB of buffers that were made since the last time, however small the heap is: for pages of 700 kB that
 * is twice a second, and took a fifth of their time. With this, buffers count like objects, so that collections come at the pace of the heap
 * they are for; the process keeps more dead buffers meanwhile (decision 026 has the figures).
 */
export function countBuffersAsHeap(): void {
  if (KNOWN.test(process.versions.v8)) setFlagsFromString('--external-memory-accounted-in-global-limit');
}
