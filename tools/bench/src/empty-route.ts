import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import fastify from 'fastify';

const ISSUER = 'http://bench.test';

/** What the least that could answer costs: one Fastify route that checks a bearer token and answers nothing. Prints its port and a token. */
async function main(): Promise<void> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] });
  const token = await new SignJWT({})
    .setProtectedHeader({ alg: 'ES256', kid: 'k' })
    .setIssuer(ISSUER)
    .setExpirationTime('1h')
    .sign(privateKey);
  const server = fastify();
  server.post('/', async (request, reply) => {
    const given = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    await jwtVerify(given, keys, { issuer: ISSUER, algorithms: ['ES256'] });
    return reply.code(200).send();
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const [address] = server.addresses();
  process.stdout.write(`${JSON.stringify({ port: address?.port, token })}\n`);
  process.once('SIGTERM', () => void server.close());
}

void main();
