import { hashSecret, matchesSecret } from './hash-secret.js';

describe('hashSecret', () => {
  it('matches its secret only', async () => {
    const stored = await hashSecret('correct horse');
    expect(await matchesSecret('correct horse', stored)).toBe(true);
    expect(await matchesSecret('correct hors', stored)).toBe(false);
    expect(await matchesSecret('', stored)).toBe(false);
  });

  it('is salted, and does not hold the secret', async () => {
    const [one, other] = await Promise.all([hashSecret('same'), hashSecret('same')]);
    expect(one).not.toBe(other);
    expect(one).not.toContain('same');
    expect(one).toMatch(/^scrypt\$16384\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
  });

  it.each(['', 'plain', 'scrypt$16384$8$1$$', 'argon2$1$2$3$4$5'])(
    'matches nothing against %j',
    async (stored) => {
      expect(await matchesSecret('plain', stored)).toBe(false);
    },
  );
});
