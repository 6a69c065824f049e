import { PlainError } from '@sluice/service-kit';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What stands where in the state folder. */
export interface HomePaths {
  readonly home: string;
  readonly data: string;
  readonly catalog: string;
  readonly policy: string;
  readonly postgres: string;
  readonly exports: string;
  readonly audit: string;
  readonly work: string;
  readonly secret: string;
  readonly signingKeys: string;
  readonly demoClients: string;
}

export function homePaths(home: string): HomePaths {
  return {
    home,
    data: join(home, 'data'),
    catalog: join(home, 'catalog'),
    policy: join(home, 'policy.yaml'),
    postgres: join(home, 'postgres'),
    exports: join(home, 'exports'),
    audit: join(home, 'audit'),
    work: join(home, 'work'),
    secret: join(home, 'secret'),
    signingKeys: join(home, 'signing-keys.json'),
    demoClients: join(home, 'demo-clients.json'),
  };
}

/** Makes the state folder, closed to others: it holds keys and data. */
export async function makeHome(home: string): Promise<HomePaths> {
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    await chmod(home, 0o700);
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new PlainError(
      `The state folder ${home} cannot be used (${reason}); set SLUICE_HOME to another one.`,
      { cause },
    );
  }
  return homePaths(home);
}
