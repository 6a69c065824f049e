// Lints the JSON list of {file, text} on its standard input as if those files had that text, and prints the
// messages per text. Used by the test that shows the boundary rules to bite.
import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';
import { json } from 'node:stream/consumers';
import { root } from './paths.mjs';

// In CI the parser takes a file's text from the disk instead of the text that it is given, unless told otherwise.
process.env['TSESTREE_SINGLE_RUN'] = 'false';

// The boundary rule reads the graph that this leaves in Nx' cache; without one it checks nothing.
await createProjectGraphAsync();

const eslint = new ESLint({ cwd: root });
const texts = /** @type {{ file: string, text: string }[]} */ (await json(process.stdin));
const found = [];
for (const { file, text } of texts) {
  const results = await eslint.lintText(text, { filePath: `${root}/${file}` });
  found.push(results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => ({ ruleId, message }))));
}
process.stdout.write(JSON.stringify(found));
