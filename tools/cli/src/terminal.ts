/** Where text goes. */
export interface TextSink {
  write(text: string): unknown;
  /** True for a screen, where a line may be written over. */
  readonly isTTY?: boolean;
}

/** What a command sees of the process it runs in. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Results. */
  readonly stdout: TextSink;
  /** Progress and failures. */
  readonly stderr: TextSink;
  /** Fires when the user wants to stop; its reason is the name of the signal. */
  readonly signal: AbortSignal;
}
