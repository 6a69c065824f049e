import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ServerName } from './fault-servers.js';
import { AppName } from '../program-of.js';
import { ServiceProcess } from './service-process.js';

/** Short, so that a test sees a lease run out, a retry come and a leftover go. All in ms. */
export const TIMES = { lease: 4_000, renew: 500, retryBase: 400, wakeAfter: 2_000, sweep: 300 } as const;
export type Times = Readonly<Record<keyof typeof TIMES, number>>;

export const SECRET = 'a secret of the fault tests, with more than thirty-two characters';

export const SERVICES = {
  audit: 'audit-service',
  query: 'query-service',
  gateway: 'gateway',
  'orchestrator-1': 'export-orchestrator',
  'orchestrator-2': 'export-orchestrator',
  'worker-1': 'export-worker',
  'worker-2': 'export-worker',
  'gateway-2': 'gateway',
  'query-2': 'query-service',
  'query-3': 'query-service',
  'worker-3': 'export-worker',
} as const satisfies Record<string, AppName>;
export type ServiceName = keyof typeof SERVICES;

/** Those that only a world of many has. */
export const FURTHER: readonly ServiceName[] = ['gateway-2', 'query-2', 'query-3', 'worker-3'];

export type ServerUrls = Readonly<Record<ServerName, string>>;

export function timesEnv(times: Times): Record<string, string> {
  return {
    SLUICE_EXPORT_LEASE_MS: String(times.lease),
    SLUICE_EXPORT_RENEW_EVERY_MS: String(times.renew),
    SLUICE_EXPORT_RETRY_BASE_MS: String(times.retryBase),
    SLUICE_EXPORT_WAKE_AFTER_MS: String(times.wakeAfter),
    SLUICE_EXPORT_SWEEP_EVERY_MS: String(times.sweep),
    SLUICE_EXPORT_REAP_EVERY_MS: String(times.sweep),
  };
}

/** Each service has a home of its own, as containers have, with the shared folders in it. */
export async function serviceProcesses(
  folder: string,
  gatewayPort: number,
  urls: ServerUrls,
  more: Readonly<Record<string, string>>,
): Promise<Record<ServiceName, ServiceProcess>> {
  const made: [string, ServiceProcess][] = [];
  for (const [name, app] of Object.entries(SERVICES)) {
    const home = join(folder, 'homes', name);
    await mkdir(home, { recursive: true });
    for (const shared of ['data', 'catalog', 'exports', 'policy.yaml']) {
      await symlink(join(folder, shared), join(home, shared));
    }
    const env = {
      PATH: process.env['PATH'] ?? '',
      UV_THREADPOOL_SIZE: '32',
      SLUICE_HOME: home,
      SLUICE_SECRET: SECRET,
      SLUICE_LOG_LEVEL: 'info',
      SLUICE_POSTGRES_URL: urls.postgres,
      SLUICE_RABBITMQ_URL: urls.rabbitmq,
      SLUICE_REDIS_URL: urls.redis,
      SLUICE_HOST: '127.0.0.1',
      SLUICE_PUBLIC_URL: `http://127.0.0.1:${gatewayPort}`,
      // A token is good at every gateway.
      SLUICE_SIGNING_KEYS_FILE: join(folder, 'signing-keys.json'),
      SLUICE_RATE_LIMIT_PER_MINUTE: '0',
      ...more,
    };
    made.push([name, new ServiceProcess(name, app, env, name === 'gateway' ? gatewayPort : undefined)]);
  }
  return Object.fromEntries(made) as Record<ServiceName, ServiceProcess>;
}
