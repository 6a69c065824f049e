import { isRole, Role } from '@sluice/contracts';
import { createClient, findClient, NewClient, renewSecret } from '@sluice/gateway';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { DataSource } from 'typeorm';
import { z } from 'zod';

/** An entry of `demo-clients.json`. */
export interface DemoClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tenant: string;
  readonly roles: readonly Role[];
}

const DEMO_CLIENTS: readonly NewClient[] = [
  { clientId: 'ca-viewer', tenants: ['CA'], roles: ['viewer'] },
  { clientId: 'ca-exporter', tenants: ['CA'], roles: ['exporter'] },
  { clientId: 'ca-admin', tenants: ['CA'], roles: ['admin'] },
  { clientId: 'tx-viewer', tenants: ['TX'], roles: ['viewer'] },
  { clientId: 'tx-exporter', tenants: ['TX'], roles: ['exporter'] },
];

const fileSchema = z.array(
  z.object({
    clientId: z.string(),
    clientSecret: z.string(),
    tenant: z.string(),
    roles: z.array(z.custom<Role>(isRole)),
  }),
);

/** Makes the demo clients with random secrets, and the file (mode 600) that tells them. A lost file means new secrets. */
export async function ensureDemoClients(
  dataSource: DataSource,
  file: string,
): Promise<readonly DemoClient[]> {
  const written = await readClients(file);
  const known = await Promise.all(DEMO_CLIENTS.map(({ clientId }) => findClient(dataSource, clientId)));
  const isComplete = DEMO_CLIENTS.every(
    ({ clientId }, index) => known[index] && written.some((client) => client.clientId === clientId),
  );
  if (isComplete) return written;
  const clients: DemoClient[] = [];
  for (const [index, client] of DEMO_CLIENTS.entries()) {
    const { clientId, tenants, roles } = client;
    const { clientSecret } = known[index]
      ? await renewSecret(dataSource, clientId)
      : await createClient(dataSource, client);
    clients.push({ clientId, clientSecret, tenant: tenants[0], roles });
  }
  await writeFile(`${file}.new`, `${JSON.stringify(clients, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return clients;
}

/** None when the file is not there or holds something else. */
async function readClients(file: string): Promise<readonly DemoClient[]> {
  try {
    return fileSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return [];
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
