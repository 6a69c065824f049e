/** What is read of a client's certificate, as Node's `getPeerCertificate` has it. */
export interface ClientCertificate {
  readonly subject: { readonly CN?: string | readonly string[] };
  readonly subjectaltname?: string | undefined;
  /** Text of a date. */
  readonly valid_to: string;
}

const CLIENT_URI = 'URI:sluice://client/';
const CLIENT_ID = /^[A-Za-z0-9._-]{1,100}$/;

/**
 * The client that a verified certificate names: by the one alternative name `sluice://client/<client id>`, or, when it holds no such name at
 * all, by its common name. Null when it names none, several, or what cannot be a client's id.
 *
 * A certificate is verified when the connection is made, which may be long ago: past its end it names nobody.
 */
export function clientIdOf(certificate: ClientCertificate, nowMs = Date.now()): string | null {
  if (!(Date.parse(certificate.valid_to) > nowMs)) return null;
  const named = namesIn(certificate.subjectaltname ?? '').filter((name) => name.startsWith(CLIENT_URI));
  const [only, ...others] = named.length === 0 ? [certificate.subject.CN] : named;
  if (typeof only !== 'string' || others.length > 0) return null;
  const id = named.length === 0 ? only : only.slice(CLIENT_URI.length);
  return CLIENT_ID.test(id) ? id : null;
}

/**
 * Names stand with `, ` between them; Node writes one that holds a comma or a quote as a JSON text after its kind, so that no name can
 * pretend to be two.
 */
function namesIn(text: string): readonly string[] {
  const names = text.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? [];
  return names.map((name) => {
    const [, kind, quoted] = /^\s*([^:"]*:)(".*")\s*$/.exec(name) ?? [];
    return kind === undefined || quoted === undefined ? name.trim() : kind + unquoted(quoted);
  });
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    // As it stands, quotes and all, it is no name of ours, and no other one either.
    return text;
  }
}
