// Asks the program in this container whether it is ready; for the image's HEALTHCHECK. Needs nothing but Node.
const { SLUICE_HEALTH_PORT, PORT } = process.env;

/** Unless told, it may be a program with an HTTP API of its own (3000) or one that only answers health (9000). */
const ports = SLUICE_HEALTH_PORT ? [SLUICE_HEALTH_PORT] : [PORT || '3000', '9000'];

/** @param {string} port */
async function whyNotReady(port) {
  const url = `http://127.0.0.1:${port}/readyz`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(4_000) });
    return response.ok ? undefined : `${url}: ${response.status} ${await response.text()}`;
  } catch (error) {
    return `${url}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

const answers = await Promise.all(ports.map(whyNotReady));
const ready = answers.includes(undefined);
if (!ready) process.stderr.write(`${answers.join('\n')}\n`);
process.exitCode = ready ? 0 : 1;
