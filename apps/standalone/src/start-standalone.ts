import 'reflect-metadata';
import { Cleanup, createLogger, loadOrCreateSecret, PlainError, RunningApp } from '@sluice/service-kit';
import { banner } from './banner.js';

import { DemoClient, ensureDemoClients } from './demo/demo-clients.js';
import { prepareDemoData } from './demo/prepare-demo-data.js';
import { openBus, openEngines, openGovernance, openMetadata, openStore } from './embedded-parts.js';
import { checkPort, portError } from './free-port.js';
import { makeHome } from './home.js';
import { plainly } from './plainly.js';
import { Progress } from './progress.js';
import { startApps } from './start-apps.js';
import { StandaloneConfig } from './standalone.config.js';

/** Where the program speaks to a person. */
export type Output = ConstructorParameters<typeof Progress>[0];

/**
 * Starts everything in this process on embedded parts. What was opened is closed again when the start fails, or when `signal`
 * ends it; the error then is one clear sentence wherever it is one that a user can mend.
 */
export async function startStandalone(
  config: StandaloneConfig,
  out: Output,
  signal: AbortSignal,
): Promise<RunningApp> {
  const logger = createLogger('standalone', config.logLevel);
  const cleanup = new Cleanup((name, err) => {
    logger.error({ err, name }, 'closing failed');
  });
  try {
    await open(config, out, signal, cleanup);
  } catch (error) {
    await cleanup.run();
    throw plainly(signal.aborted ? new PlainError('Stopped before everything had started.') : error);
  }
  return { name: 'standalone', notReady: async () => [], close: () => cleanup.run() };
}

async function open(
  config: StandaloneConfig,
  out: Output,
  signal: AbortSignal,
  cleanup: Cleanup,
): Promise<void> {
  const progress = new Progress(out);
  const logger = createLogger('standalone', config.logLevel);
  await checkPort(config.host, config.port);
  const paths = await makeHome(config.home);
  const secret = await loadOrCreateSecret(paths.secret);
  progress.line(`State is kept in ${paths.home}`);
  const dataSource = await openMetadata(paths, progress, logger, cleanup);
  signal.throwIfAborted();
  if (config.demo) await prepareDemoData(config, paths, progress, signal);
  const governance = await openGovernance(paths, secret, logger, cleanup);
  const engines = await openEngines(config, paths, logger, cleanup);
  const store = await openStore(paths, secret, config.env, logger);
  const bus = openBus(logger, cleanup);
  const url = `http://${config.host}:${config.port}`;
  const env = {
    SLUICE_PUBLIC_URL: url,
    SLUICE_SIGNING_KEYS_FILE: paths.signingKeys,
    ...config.env,
    SLUICE_SECRET: secret,
    SLUICE_HOST: config.host,
    PORT: String(config.port),
    SLUICE_EXPORT_CONCURRENCY: String(config.exportConcurrency),
  };
  const parts = { bus, dataSource, store, governance, ...engines };
  const clients: readonly DemoClient[] = config.demo
    ? await ensureDemoClients(dataSource, paths.demoClients)
    : [];
  signal.throwIfAborted();
  await startApps(env, parts, paths, logger, cleanup).catch((error: unknown) => {
    throw portError(error, config.host, config.port);
  });
  progress.line(banner(url, config.demo ? paths.demoClients : null, clients));
}
