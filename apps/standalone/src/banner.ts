import { DemoClient } from './demo/demo-clients.js';

/** What is printed once all runs: where it is, who may ask, and lines to paste. */
export function banner(url: string, clientsFile: string | null, clients: readonly DemoClient[]): string {
  const lines = ['', `Sluice runs at ${url}`, `  API page     ${url}/docs`];
  if (clientsFile !== null) {
    lines.push(`  demo clients ${clientsFile} (${clients.map(({ clientId }) => clientId).join(', ')})`);
    lines.push('', 'Try it in another terminal:', '', ...curlLines(url, clientsFile));
  }
  return `${[...lines, '', 'Ctrl-C stops it.'].join('\n')}\n`;
}

function curlLines(url: string, clientsFile: string): readonly string[] {
  // Read where it is used: a printed secret would end up in logs.
  const file = clientsFile.replaceAll("'", `'\\''`);
  const find =
    'JSON.parse(fs.readFileSync(process.argv[1])).find((c) => c.clientId === "ca-exporter").clientSecret';
  const secret = `node -pe '${find}' '${file}'`;
  const token = `node -pe 'JSON.parse(fs.readFileSync(0)).access_token'`;
  const query = `{"dataset":"flights","select":["departed_at","origin","destination","delay_minutes"],"sort":["delay_minutes desc"],"page":{"limit":5}}`;
  const definition = `{"queryDefinition":{"dataset":"orders","select":["order_id","product","quantity"]},"format":"csv"}`;
  const json = `-H 'Content-Type: application/json'`;
  return [
    `  TOKEN=$(curl -s -u "ca-exporter:$(${secret})" -d grant_type=client_credentials ${url}/oauth/token | ${token})`,
    `  curl -s ${url}/api/v1/query -H "Authorization: Bearer $TOKEN" ${json} -d '${query}'`,
    `  curl -s ${url}/api/v1/exports -H "Authorization: Bearer $TOKEN" ${json} -d '${definition}'`,
  ];
}
