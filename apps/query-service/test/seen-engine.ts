import { AnalyticEngine, EngineSnapshot, EngineValue, RunOptions } from '@sluice/engine';
import { Statement } from '@sluice/query-dsl';

/** Passes everything on to an engine, and keeps what it was asked to run. */
export class SeenEngine implements AnalyticEngine {
  readonly statements: string[] = [];
  /** Aborts as the statements' signals do, in their order. */
  readonly signals: AbortSignal[] = [];
  /** Waited for before each statement. */
  gate: Promise<void> = Promise.resolve();

  constructor(private readonly engine: AnalyticEngine) {}

  snapshot(): EngineSnapshot {
    const snapshot = this.engine.snapshot();
    const query = async (
      statement: Statement,
      options: RunOptions,
    ): Promise<readonly (readonly EngineValue[])[]> => {
      this.statements.push(statement.sql);
      this.signals.push(options.signal);
      await this.gate;
      return snapshot.query(statement, options);
    };
    return {
      dataVersion: snapshot.dataVersion,
      rowCount: (dataset) => snapshot.rowCount(dataset),
      sortedBy: (dataset) => snapshot.sortedBy(dataset),
      query,
      release: () => snapshot.release(),
    };
  }

  close(): Promise<void> {
    return this.engine.close();
  }
}
