import { PlainError } from '@sluice/service-kit';
import { createServer } from 'node:net';

/** Looks whether the port can be had before anything takes long. Throws one sentence otherwise. */
export async function checkPort(host: string, port: number): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    throw portError(error, host, port);
  }
  await new Promise((resolve) => server.close(resolve));
}

/** Turns what listening threw into a sentence. */
export function portError(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new PlainError(
      `Port ${port} on ${host} is in use; stop what uses it, or set PORT to another one.`,
    );
  }
  if (code === 'EACCES') return new PlainError(`Port ${port} needs more rights; set PORT to one above 1023.`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new PlainError(`${host} is not an address of this machine; set SLUICE_HOST to one that is.`);
  }
  return error;
}
