import { loadOrCreateFile } from '@sluice/service-kit';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';

export const SIGNING_ALGORITHM = 'ES256';

/** Private keys of the built-in issuer: the first one signs, all of them verify. */
export interface SigningKeys {
  readonly privateKeys: readonly JWK[];
  readonly publicKeys: readonly JWK[];
}

const keyFile = z.object({
  keys: z
    .array(
      z.object({
        kty: z.literal('EC'),
        crv: z.literal('P-256'),
        x: z.string(),
        y: z.string(),
        d: z.string(),
        kid: z.string(),
        alg: z.literal(SIGNING_ALGORITHM),
        use: z.literal('sig'),
      }),
    )
    .min(1)
    .max(10),
});

/**
 * Reads the key file, and makes it with one new key when there is none. To rotate, append a new key at every gateway, then put
 * it first at every one: each knows a key before any of them signs with it. Take the old one out once its last token has expired.
 *
 * @throws Error when the file is open to others or does not hold keys
 */
export async function loadSigningKeys(file: string): Promise<SigningKeys> {
  const text = await loadOrCreateFile(file, async () => `${JSON.stringify({ keys: [await makeKey()] })}\n`);
  const read = keyFile.safeParse(parse(text));
  // The parser's own words could repeat the key.
  if (!read.success) throw new Error(`${file} does not hold a set of private ES256 keys.`);
  const privateKeys = read.data.keys;
  return { privateKeys, publicKeys: privateKeys.map(publicPartOf) };
}

async function makeKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: SIGNING_ALGORITHM, use: 'sig' };
}

function publicPartOf({ kty, crv, x, y, kid, alg, use }: JWK): JWK {
  return { kty, crv, x, y, kid, alg, use } as JWK;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
