import { ErrorCode } from '@sluice/contracts';

export const TARGETS = [
  'broker',
  'postgres',
  'redis',
  'store',
  'gateway',
  'query-service',
  'export-orchestrator',
  'export-worker',
  'audit-service',
] as const;
export type Target = (typeof TARGETS)[number];

/** All processes of a part at once: SIGKILL and back after a while, SIGSTOP for a while, told to end and started again, slow for a while. */
export const FAULTS = ['killed', 'frozen', 'restarted', 'slow'] as const;
export type Fault = (typeof FAULTS)[number];

/** What a caller may see beside right answers: a problem's code, always 503 or 504 with `Retry-After`, or no (whole) connection. */
export type Sight = ErrorCode | 'no connection';

export interface Expectation {
  /** Of callers who query. None: their queries go on as if nothing were. */
  readonly queries: readonly Sight[];
  /** Of callers who ask for exports, look at them, and ask where a file is. */
  readonly exports: readonly Sight[];
  /** Of callers who fetch a file from the store. */
  readonly files: readonly Sight[];
  /** From the end of the fault to the last answer that is not right, at most, in s. */
  readonly backWithin: number;
}

/** A service or server is not there, or says nothing. */
const AWAY = ['unavailable', 'rpc-timeout'] as const satisfies readonly Sight[];
/** It is there, but not in time. */
const LATE = ['unavailable', 'rpc-timeout', 'query-timeout'] as const satisfies readonly Sight[];
/** The edge itself is gone: nobody is left to say so. While it comes and goes, it may lack what is behind it. */
const NO_EDGE = ['no connection', 'unavailable'] as const satisfies readonly Sight[];

const UNNOTICED = { queries: [], exports: [], files: [], backWithin: 0 } as const satisfies Expectation;
/** Queries do not need it. */
const EXPORTS_WAIT: Expectation = { ...UNNOTICED, exports: AWAY, backWithin: 30 };
const ALL_WAIT: Expectation = { ...EXPORTS_WAIT, queries: AWAY };
const ALL_LATE: Expectation = { queries: LATE, exports: LATE, files: [], backWithin: 30 };
/** Gateways look whether the file is there before they send its reader to the store. */
const FILES_WAIT: Expectation = {
  ...UNNOTICED,
  exports: ['unavailable'],
  files: ['no connection'],
  backWithin: 30,
};
const EDGE_GONE: Expectation = { queries: NO_EDGE, exports: NO_EDGE, files: [], backWithin: 30 };

/** What is promised of each cell. Everywhere: no wrong answer, no hang, no accepted job lost or failed, no record of an answer lost. */
export const EXPECTED: Readonly<Record<Target, Readonly<Record<Fault, Expectation>>>> = {
  broker: { killed: ALL_WAIT, frozen: ALL_LATE, restarted: ALL_WAIT, slow: ALL_LATE },
  postgres: { killed: EXPORTS_WAIT, frozen: EXPORTS_WAIT, restarted: EXPORTS_WAIT, slow: EXPORTS_WAIT },
  redis: { killed: UNNOTICED, frozen: UNNOTICED, restarted: UNNOTICED, slow: UNNOTICED },
  store: { killed: FILES_WAIT, frozen: FILES_WAIT, restarted: FILES_WAIT, slow: FILES_WAIT },
  gateway: { killed: EDGE_GONE, frozen: ALL_LATE, restarted: EDGE_GONE, slow: ALL_LATE },
  'query-service': { killed: ALL_WAIT, frozen: ALL_LATE, restarted: ALL_WAIT, slow: ALL_LATE },
  'export-orchestrator': {
    killed: EXPORTS_WAIT,
    frozen: EXPORTS_WAIT,
    restarted: EXPORTS_WAIT,
    slow: EXPORTS_WAIT,
  },
  'export-worker': { killed: UNNOTICED, frozen: UNNOTICED, restarted: UNNOTICED, slow: UNNOTICED },
  'audit-service': { killed: UNNOTICED, frozen: UNNOTICED, restarted: UNNOTICED, slow: UNNOTICED },
};
