const { afterAll, afterEach } = require('@jest/globals');

// A test that logs fails: what is worth saying is worth an assertion, and noise hides what is not.
/** @type {string[]} */
let said = [];
for (const method of /** @type {const} */ (['debug', 'error', 'info', 'log', 'warn'])) {
  console[method] = (...words) => {
    said.push(`console.${method}: ${words.map(String).join(' ')}`);
  };
}

function check() {
  const lines = said;
  said = [];
  if (lines.length > 0) throw new Error(`A test must not log. It said:\n${lines.join('\n')}`);
}

afterEach(check);
afterAll(check);
