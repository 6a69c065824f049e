import { clientIdOf, type ClientCertificate } from './certificate-client.js';

const NOW = Date.parse('2026-11-26T12:00:00Z');

function named(
  subjectaltname: string | undefined,
  CN?: string | string[],
  valid_to = 'Nov 26 12:00:01 2026 GMT',
) {
  const certificate: ClientCertificate = {
    subject: CN === undefined ? {} : { CN },
    subjectaltname,
    valid_to,
  };
  return clientIdOf(certificate, NOW);
}

describe('clientIdOf', () => {
  it('reads the one URI of ours, or else the common name', () => {
    expect(named('DNS:a.example, URI:sluice://client/reports.eu-1, IP Address:127.0.0.1', 'other')).toBe(
      'reports.eu-1',
    );
    expect(named(undefined, 'reports')).toBe('reports');
    expect(named('DNS:a.example, URI:https://a.example/reports', 'reports')).toBe('reports');
  });

  it('finds nobody where there is none, several, or no possible id', () => {
    expect(named(undefined)).toBeNull();
    expect(named(undefined, ['a', 'b'])).toBeNull();
    expect(named(undefined, 'a b')).toBeNull();
    expect(named('URI:sluice://client/a, URI:sluice://client/b', 'c')).toBeNull();
    expect(named('URI:sluice://client/', 'c')).toBeNull();
    expect(named('URI:sluice://client/a/b', 'c')).toBeNull();
    expect(named(`URI:sluice://client/${'a'.repeat(101)}`)).toBeNull();
  });

  it('takes no name for two, however it is written', () => {
    // As Node writes a DNS name that holds a comma.
    expect(named('DNS:"a, URI:sluice://client/admin"')).toBeNull();
    expect(named('URI:"sluice://client/a, URI:sluice://client/admin"', 'other')).toBeNull();
    expect(named(String.raw`DNS:"a\", URI:sluice://client/admin"`)).toBeNull();
  });

  it('finds nobody in a certificate that has ended, or whose end cannot be read', () => {
    expect(named(undefined, 'reports', 'Nov 26 11:59:59 2026 GMT')).toBeNull();
    expect(named(undefined, 'reports', '')).toBeNull();
  });
});
