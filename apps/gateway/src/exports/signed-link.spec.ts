import { SluiceError } from '@sluice/contracts';
import { LINK_MS, SignedLinks } from './signed-link.js';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const FAR = '2026-12-23T12:00:00Z';
const target = {
  jobId: '0190b3c4-1111-7222-8333-444455556666',
  tenant: 'CA & Co/é',
  sha256: 'ab'.repeat(32),
};
const secret = 's'.repeat(32);
const links = new SignedLinks('https://sluice.example', secret, () => NOW);
const sign = () => links.sign(target, FAR).url.replace('https://sluice.example', '');

function codeOf(url: string, with_ = links): string {
  try {
    with_.check(url);
  } catch (error) {
    if (error instanceof SluiceError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('SignedLinks', () => {
  it('signs a link that it takes again, good for 24 hours', () => {
    const { url, expiresAt } = links.sign(target, FAR);
    expect(url).toMatch(/^https:\/\/sluice\.example\/api\/v1\/exports\/[0-9a-f-]{36}\/file\?/);
    expect(expiresAt).toBe('2026-11-24T12:00:00.000Z');
    expect(links.check(sign())).toEqual(target);
  });

  it('does not outlive the file', () => {
    expect(links.sign(target, '2026-11-23T13:00:00Z').expiresAt).toBe('2026-11-23T13:00:00.000Z');
  });

  it('expires', () => {
    const later = new SignedLinks('', secret, () => NOW + LINK_MS);
    expect(codeOf(sign(), later)).toBe('link-expired');
    const before = new SignedLinks('', secret, () => NOW + LINK_MS - 1);
    expect(codeOf(sign(), before)).toBe('accepted');
  });

  it('takes the parameters in any order', () => {
    const [path, search] = sign().split('?');
    expect(codeOf(`${path ?? ''}?${(search ?? '').split('&').reverse().join('&')}`)).toBe('accepted');
  });

  const other = '0190b3c4-1111-7222-8333-444455556667';
  const signatureFor = (change: object) =>
    /signature=.*/.exec(links.sign({ ...target, ...change }, FAR).url)![0];
  it.each([
    ['another job', (url: string) => url.replace(target.jobId, other)],
    ['another tenant', (url: string) => url.replace('tenant=CA', 'tenant=TX')],
    ['another file', (url: string) => url.replace('abab', 'abac')],
    ['a later expiry', (url: string) => url.replace(/expires=\d+/, 'expires=9999999999')],
    ['a padded expiry', (url: string) => url.replace('expires=', 'expires=0')],
    ['a further parameter', (url: string) => `${url}&x=1`],
    ['a repeated parameter', (url: string) => `${url}&tenant=CA`],
    ['a second question mark', (url: string) => `${url}?x`],
    ['a missing parameter', (url: string) => url.replace(/&expires=\d+/, '')],
    [
      'the signature of another tenant',
      (url: string) => url.replace(/signature=.*/, signatureFor({ tenant: 'TX' })),
    ],
    [
      'the signature of another job',
      (url: string) => url.replace(/signature=.*/, signatureFor({ jobId: other })),
    ],
    ['no signature', (url: string) => url.replace(/signature=.*/, 'signature=')],
    ['an escaped path', (url: string) => url.replace('/file', '/%66ile')],
    ['dots in the path', (url: string) => url.replace('/exports/', '/x/../exports/')],
    ['escaped dots', (url: string) => url.replace('/exports/', '/x/%2e%2e/exports/')],
    ['twice escaped dots', (url: string) => url.replace('/exports/', '/x/%252e%252e/exports/')],
    ['a host', (url: string) => `https://sluice.example${url}`],
    ['a semicolon', (url: string) => url.replace('/file', '/file;x')],
    ['a double slash', (url: string) => `/${url}`],
    ['a slash at the end', (url: string) => url.replace('/file', '/file/')],
    ['an upper-case job', (url: string) => url.replace(target.jobId, target.jobId.toUpperCase())],
    ['nothing', () => ''],
  ])('refuses %s', (_name, tamper) => {
    expect(codeOf(tamper(sign()))).toBe('link-invalid');
  });

  it('refuses every change of one character of the signature', () => {
    const url = sign();
    for (let at = url.length - 43; at < url.length; at += 1) {
      const changed = url[at] === 'A' ? 'B' : 'A';
      expect(codeOf(url.slice(0, at) + changed + url.slice(at + 1))).toBe('link-invalid');
    }
  });

  it('refuses a second spelling of the same signature bytes', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const url = sign();
    const spellings = [...alphabet].filter((last) => codeOf(url.slice(0, -1) + last) === 'accepted');
    expect(spellings).toEqual([url.at(-1)]);
  });

  it('refuses a link of another installation', () => {
    const foreign = new SignedLinks('', 'x'.repeat(32), () => NOW).sign(target, FAR).url;
    expect(codeOf(foreign)).toBe('link-invalid');
  });
});
