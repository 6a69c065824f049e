import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RawRequest {
  readonly method: string;
  readonly target: string;
  /** Lines as they are sent. */
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
}

const DEADLINE_MS = 20_000;

/** Bytes of a request, with nothing tidied up; it asks for the connection to be closed after the answer. */
export function rawRequest({ method, target, headers = [], body }: RawRequest): Buffer {
  const length = body === undefined ? [] : [`Content-Length: ${String(Buffer.byteLength(body))}`];
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'Host: sluice.test',
    'Connection: close',
    ...length,
    ...headers,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), Buffer.from(body ?? '')]);
}

/** Sends bytes over a connection of their own and reads all answers until the other side ends it. */
export async function exchange(port: number, bytes: Buffer | string, method = 'GET'): Promise<RawAnswer[]> {
  const received = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(DEADLINE_MS, () => {
      socket.destroy();
      reject(new Error(`The connection stayed open for ${String(DEADLINE_MS)} ms.`));
    });
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      resolve(Buffer.concat(chunks));
    });
  });
  return readAnswers(received, method);
}

/** @param method of the requests: an answer to HEAD has a length, but no body */
function readAnswers(bytes: Buffer, method: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = bytes.toString('latin1'); rest !== '';) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) throw new Error(`This is no answer: ${rest.slice(0, 200)}`);
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.split(':', 1)[0]?.toLowerCase() ?? '',
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    );
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]);
    rest = rest.slice(end + 4);
    // Where not even the method could be read, a body comes with HEAD too.
    const bare = method === 'HEAD' && !rest.startsWith('{');
    const length = status < 200 || bare ? 0 : lengthOf(headers, rest);
    answers.push({ status, headers, body: Buffer.from(rest.slice(0, length), 'latin1').toString() });
    rest = rest.slice(length);
  }
  return answers;
}

/** Chunks are left as they came: no test here reads a chunked body. */
function lengthOf(headers: Readonly<Record<string, string>>, rest: string): number {
  if (headers['transfer-encoding'] === undefined) return Number(headers['content-length'] ?? 0);
  return rest.indexOf('0\r\n\r\n') + 5;
}

/** What no answer may show: frames of a stack, folders, SQL, modules, codes of the framework. */
const INTERNAL =
  /node_modules|\bat [\w.]+ \(|\.[jt]s:\d|\/(?:home|tmp|usr|srv|var|work)\/|\b(?:select|SELECT) .* (?:from|FROM) |@sluice|@nestjs|fastify|FST_|ERR_|HPE_|ECONN|Error: /;

/** Throws when a refusal is not a problem document, or tells of the inside. */
export function mustBeProblem(answer: RawAnswer, context: string, method = 'GET'): void {
  const wrong = wrongIn(answer, method);
  if (wrong !== null) throw new Error(`${context}: ${wrong}\n${JSON.stringify(answer)}`);
}

function wrongIn({ status, headers, body }: RawAnswer, method: string): string | null {
  if (headers['content-type'] !== 'application/problem+json') return 'is no problem document';
  if (!headers['x-request-id']) return 'has no request id';
  if (method === 'HEAD') return null;
  const problem = JSON.parse(body) as { code?: string; requestId?: string; status?: number };
  if (problem.status !== status || typeof problem.code !== 'string') return 'has another status, or no code';
  if (problem.requestId !== headers['x-request-id']) return 'has two request ids';
  return INTERNAL.test(body) ? 'tells of the inside' : null;
}
