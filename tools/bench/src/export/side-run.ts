/** What a side tells of its run. */
export interface SideRun {
  /** For all rows that were asked for. */
  readonly seconds: number;
  /** Of those rows, how many were measured where it was not all; `seconds` is then reckoned from them. */
  readonly measured?: number;
}
