export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9';

/** One invariant that does not hold, and where. */
export interface Violation {
  readonly invariant: Invariant;
  readonly what: string;
}

export const violation = (invariant: Invariant, what: string): Violation => ({ invariant, what });
