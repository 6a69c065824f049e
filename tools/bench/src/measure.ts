/** What one side did in one round. */
export interface Measurement {
  /** Answers a second. */
  readonly rate: number;
  /** Milliseconds of half, and of all but one in twenty, of the answers. */
  readonly p50: number;
  readonly p95: number;
}

export interface Load {
  /** Callers that each wait for their answer before they ask again. */
  readonly clients: number;
  readonly seconds: number;
}

/** Asks without pause from all clients until the time is up. `ask` gets the client's number and a running number. */
export async function measure(
  { clients, seconds }: Load,
  ask: (client: number, turn: number) => Promise<void>,
): Promise<Measurement> {
  const latencies: number[] = [];
  const began = performance.now();
  const end = began + seconds * 1_000;
  let turn = 0;
  const loop = async (client: number): Promise<void> => {
    while (performance.now() < end) {
      const asked = performance.now();
      await ask(client, turn++);
      latencies.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, client) => loop(client)));
  return summarise(latencies, (performance.now() - began) / 1_000);
}

/** Throws a RangeError when there is nothing to sum up. */
export function summarise(latencies: readonly number[], seconds: number): Measurement {
  if (latencies.length === 0) throw new RangeError('Nothing was measured.');
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { rate: latencies.length / seconds, p50: at(0.5), p95: at(0.95) };
}
