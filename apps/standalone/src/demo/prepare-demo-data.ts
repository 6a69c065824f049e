import { HomePaths } from '../home.js';
import { Progress } from '../progress.js';
import { StandaloneConfig } from '../standalone.config.js';
import { importDemoData } from './import-demo-data.js';

/** Imports what is missing of the demo data, telling how far it is. */
export async function prepareDemoData(
  config: Pick<StandaloneConfig, 'demoOrders'>,
  paths: HomePaths,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const started = performance.now();
  const imported = new Set<string>();
  await importDemoData({
    home: paths.home,
    orders: config.demoOrders,
    signal,
    onProgress: ({ table, stage, percent }) => {
      imported.add(table);
      const done = percent === null ? '' : ` ${Math.floor(percent)} %`;
      progress.update(`Importing ${table}`, `${stage}${done}`);
    },
  });
  if (imported.size === 0) return;
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  progress.line(`Imported ${[...imported].join(', ')} in ${seconds} s`);
}
