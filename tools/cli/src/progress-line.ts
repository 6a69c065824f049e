import { ImportProgress, ImportStage } from '@sluice/engine';
import { TextSink } from './terminal.js';

const VERBS: Readonly<Record<ImportStage, string>> = {
  reading: 'reading',
  checking: 'checking',
  saving: 'saving',
};

/** Shows how far an import is: one line that moves on a screen, one line a stage in a log. */
export class ProgressLine {
  private stage: ImportStage | null = null;

  constructor(private readonly sink: TextSink) {}

  show({ table, stage, percent }: ImportProgress): void {
    const text = `${table}: ${VERBS[stage]}`;
    if (this.sink.isTTY) {
      this.sink.write(`\r\u001b[K${text}${percent === null ? '' : ` ${Math.floor(percent)} %`}`);
    } else if (stage !== this.stage) {
      this.sink.write(`${text}\n`);
    }
    this.stage = stage;
  }

  /** Makes room for what comes next. */
  end(): void {
    if (this.sink.isTTY && this.stage !== null) this.sink.write('\r\u001b[K');
    this.stage = null;
  }
}
