import { parseSync, traverse } from '@babel/core';
import { shouldIgnore } from './prose.mjs';

/** The texts of a piece of code, each with whether it is left out. */
function textsIn(code: string): readonly (readonly [string, boolean])[] {
  const found: (readonly [string, boolean])[] = [];
  const tree = parseSync(code, { configFile: false, babelrc: false });
  if (!tree) throw new Error('the code is empty');
  traverse(tree, {
    'StringLiteral|TemplateLiteral': (path) => {
      const { start, end } = path.node;
      found.push([code.slice(start ?? 0, end ?? 0), shouldIgnore(path) !== undefined]);
    },
  });
  return found;
}

describe('what mutation testing leaves out', () => {
  it.each([
    `throw refusal(code, 'Nothing compares with null.', place);`,
    'throw new SluiceError(code, `There is no "${name}".`, {});',
    'const message = `The value must be of type ${formatColumnType(type)}.`;',
    `checkLimit(limit, nodes, 'The filter has too many nodes', pointer);`,
    `throw this.unexpected('the end');`,
    `const hint = isNull ? 'Use isNull.' : ' ';`,
  ])('is the sentence in %s', (code) => {
    expect(textsIn(code).map(([, left]) => left)).not.toContain(false);
  });

  it.each([
    `refusal('invalid-request', message, place);`,
    'const sql = `select ${columns} from ${table}`;',
    `const operator = 'and';`,
    'refusal(code, `There is no "${name.slice(0, 64)}".`, place);',
    'checkLimit(limit, nodes, `at ${position + 1}`, pointer);',
    `refusal(code, sentence, { pointer: '/filter' });`,
    `const message = found(kind === 'end');`,
  ])('is nothing of %s', (code) => {
    expect(textsIn(code).map(([, left]) => left)).not.toContain(true);
  });
});
