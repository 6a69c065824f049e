// Asks the program in this container whether it is ready; for the image's HEALTHCHECK. Needs nothing but Node.
const { SLUICE_HEALTH_PORT, PORT } = process.env;
const url = `http://127.0.0.1:${SLUICE_HEALTH_PORT || PORT || '3000'}/readyz`;

try {
  const response = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  if (!response.ok) process.stderr.write(`${url}: ${response.status} ${await response.text()}\n`);
  process.exitCode = response.ok ? 0 : 1;
} catch (error) {
  process.stderr.write(`${url}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
