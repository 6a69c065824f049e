/** The broker that tests use. @throws Error with what to do when none is set. */
export function brokerUrl(): string {
  const url = process.env['SLUICE_TEST_RABBITMQ_URL'];
  if (url) return url;
  throw new Error(
    'SLUICE_TEST_RABBITMQ_URL is not set; run: node tools/services/services.mjs run -- <command>',
  );
}
