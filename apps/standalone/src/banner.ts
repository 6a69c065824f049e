import { DemoClient } from './demo/demo-clients.js';

/** What is printed once all runs: where it is, who may ask, and lines to paste. */
export function banner(url: string, clientsFile: string | null, clients: readonly DemoClient[]): string {
  const lines = ['', `Sluice runs at ${url}`, `  API page     ${url}/docs`];
  const exporter = clients.find(({ clientId }) => clientId === 'ca-exporter');
  if (clientsFile !== null && exporter) {
    lines.push(`  demo clients ${clientsFile} (${clients.map(({ clientId }) => clientId).join(', ')})`);
    lines.push('', 'Try it in another terminal:', '', ...curlLines(url, exporter));
  }
  return `${[...lines, '', 'Ctrl-C stops it.'].join('\n')}\n`;
}

function curlLines(url: string, { clientId, clientSecret }: DemoClient): readonly string[] {
  const token = `node -pe 'JSON.parse(fs.readFileSync(0)).access_token'`;
  const query = `{"dataset":"flights","select":["departed_at","origin","destination","delay_minutes"],"sort":["delay_minutes desc"],"page":{"limit":5}}`;
  const definition = `{"queryDefinition":{"dataset":"orders","select":["order_id","product","quantity"]},"format":"csv"}`;
  const json = `-H 'Content-Type: application/json'`;
  return [
    `  TOKEN=$(curl -s -u ${clientId}:${clientSecret} -d grant_type=client_credentials ${url}/oauth/token | ${token})`,
    `  curl -s ${url}/api/v1/query -H "Authorization: Bearer $TOKEN" ${json} -d '${query}'`,
    `  curl -s ${url}/api/v1/exports -H "Authorization: Bearer $TOKEN" ${json} -d '${definition}'`,
  ];
}
