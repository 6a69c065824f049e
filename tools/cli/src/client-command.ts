import { isRole, Role, ROLES } from '@sluice/contracts';
import { createClient, renewSecret, revokeClient } from '@sluice/gateway';
import { openMigrated } from '@sluice/metadata-db';
import { postgresUrlOf } from '@sluice/service-kit';
import { Command, InvalidArgumentError } from 'commander';
import { DataSource } from 'typeorm';
import { Terminal } from './terminal.js';

interface CreateOptions {
  readonly tenant: readonly [string, ...string[]];
  readonly role: readonly [Role, ...Role[]];
  readonly claim?: Claims;
}

type Claims = Readonly<Record<string, readonly string[]>>;

/** `sluice client create|renew|revoke`: the clients of the built-in issuer, in the database of SLUICE_POSTGRES_URL. */
export function clientCommand(terminal: Terminal): Command {
  const tell = (answer: object): void => {
    terminal.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
  };
  const create = new Command('create')
    .description('Makes a client and prints its secret, which is shown this once.')
    .argument('<id>', 'letters, digits, ".", "_" and "-"')
    .requiredOption('--tenant <tenant...>', 'tenants that the client may see; the first owns its exports')
    .requiredOption('--role <role...>', `what it may do: ${ROLES.join(', ')}`, collectRoles)
    .option(
      '--claim <name=value...>',
      'what row filters of the policy may name; the same name again adds a value',
      collectClaims,
    )
    .action((clientId: string, { tenant: tenants, role: roles, claim: claims }: CreateOptions) =>
      withDatabase(terminal, async (dataSource) => {
        const client = { clientId, tenants, roles, ...(claims ? { claims } : {}) };
        const { clientSecret } = await createClient(dataSource, client);
        tell({ clientId, clientSecret, tenants, roles, ...(claims ? { claims } : {}) });
      }),
    );
  const renew = new Command('renew')
    .description('Gives a client a new secret and prints it; the old one ends at once.')
    .argument('<id>')
    .action((clientId: string) =>
      withDatabase(terminal, async (dataSource) => {
        tell({ clientId, ...(await renewSecret(dataSource, clientId)) });
      }),
    );
  const revoke = new Command('revoke')
    .description('Ends a client for good.')
    .argument('<id>')
    .action((clientId: string) =>
      withDatabase(terminal, async (dataSource) => {
        await revokeClient(dataSource, clientId);
        tell({ clientId, revoked: true });
      }),
    );
  return new Command('client')
    .description('Manages who may ask for tokens; needs SLUICE_POSTGRES_URL.')
    .addCommand(create)
    .addCommand(renew)
    .addCommand(revoke);
}

function collectRoles(value: string, before: readonly Role[] | undefined): readonly Role[] {
  if (!isRole(value)) throw new InvalidArgumentError(`A role is one of ${ROLES.join(', ')}.`);
  return [...(before ?? []), value];
}

function collectClaims(text: string, before: Claims = {}): Claims {
  const split = text.indexOf('=');
  if (split < 1) throw new InvalidArgumentError('A claim is written name=value.');
  const [name, value] = [text.slice(0, split), text.slice(split + 1)];
  const known = Object.hasOwn(before, name) ? (before[name] ?? []) : [];
  return { ...before, [name]: [...known, value] };
}

async function withDatabase(
  terminal: Terminal,
  work: (dataSource: DataSource) => Promise<void>,
): Promise<void> {
  const dataSource = await openMigrated(postgresUrlOf(terminal.env), (error) => {
    terminal.stderr.write(`sluice: a connection to PostgreSQL broke: ${error.message}\n`);
  });
  try {
    await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
