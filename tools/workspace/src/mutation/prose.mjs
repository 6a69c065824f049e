/**
 * Keeps the sentences that people read out of mutation testing: which words an error is told in is no behaviour, and
 * tests that repeat them hold nothing. Left in are all other texts (SQL, operators, codes, names), and every sentence
 * that computes something while it is put together.
 *
 * @typedef {import('@babel/core').types.Node} Node
 * @typedef {{ node: Node, parentPath: Path | null }} Path what Stryker shows of the syntax tree
 */

/**
 * Where a call takes a sentence.
 * @type {ReadonlyMap<string, number>}
 */
const sentences = new Map([
  ['Error', 0],
  ['RangeError', 0],
  ['SluiceError', 1],
  ['checkLimit', 2],
  ['grouping', 0],
  ['name', 0],
  ['readArray', 2],
  ['readChoice', 2],
  ['readFlag', 2],
  ['readObject', 2],
  ['readText', 2],
  ['readWhole', 2],
  ['refusal', 1],
  ['unexpected', 0],
  ['unify', 1],
]);
const sentenceNames = ['message', 'hint'];

/**
 * @param {Path} path
 * @returns {string | undefined} why the node is left out
 */
export function shouldIgnore(path) {
  const { node } = path;
  if (node.type !== 'StringLiteral' && !(node.type === 'TemplateLiteral' && node.expressions.every(isPlain)))
    return undefined;
  return isSentence(path) ? 'a sentence for people' : undefined;
}

/** @param {Node} node whether reading it computes nothing that could be wrong @returns {boolean} */
function isPlain(node) {
  if (node.type === 'MemberExpression') return isPlain(node.object) && !node.computed;
  if (node.type !== 'CallExpression') return node.type === 'Identifier' || node.type === 'ThisExpression';
  const { callee } = node;
  if (callee.type === 'Identifier') return node.arguments.every(isPlain);
  return callee.type === 'MemberExpression' && isPlain(callee) && isNamed(callee.property, 'join');
}

/** @param {Path} path a text @returns {boolean} */
function isSentence({ node, parentPath }) {
  if (!parentPath) return false;
  const parent = parentPath.node;
  if (parent.type === 'ConditionalExpression') return parent.test !== node && isSentence(parentPath);
  if (parent.type === 'VariableDeclarator')
    return parent.init === node && sentenceNames.some((name) => isNamed(parent.id, name));
  if (parent.type !== 'CallExpression' && parent.type !== 'NewExpression') return false;
  const { callee } = parent;
  const named = callee.type === 'MemberExpression' ? callee.property : callee;
  if (named.type !== 'Identifier') return false;
  const position = sentences.get(named.name);
  return position !== undefined && parent.arguments[position] === node;
}

/** @param {Node} node @param {string} name */
const isNamed = (node, name) => node.type === 'Identifier' && node.name === name;

/** Stryker finds its plugins under this name. */
export const strykerPlugins = [{ kind: 'Ignore', name: 'prose', value: { shouldIgnore } }];
