import { ImportRequest, ImportStage } from './import-request.js';

/** How often a running stage is reported, in ms. */
const EVERY_MS = 250;

export interface ProgressReport {
  enter(stage: ImportStage): void;
  end(): void;
}

/** Tells `onProgress` of each stage as it begins, and then four times a second how far it is. */
export function reportProgress(
  { name, onProgress }: Pick<ImportRequest, 'name' | 'onProgress'>,
  percent: () => number | null,
): ProgressReport {
  let current: ImportStage = 'reading';
  const report = (known: number | null) => onProgress?.({ table: name, stage: current, percent: known });
  const timer = setInterval(() => report(percent()), EVERY_MS).unref();
  return {
    enter: (stage) => {
      current = stage;
      report(null);
    },
    end: () => {
      clearInterval(timer);
    },
  };
}
