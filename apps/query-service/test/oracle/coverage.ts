import { Expected } from './answer.js';
import { Filter, Node, nodesIn, Query } from './tree.js';

/** What generated queries were about: a generator that makes only empty or refused ones would show nothing. */
export class Coverage {
  answered = 0;
  withRows = 0;
  /** Over more than one page. */
  walked = 0;
  /** How columns of answers with rows were treated. */
  readonly treatments = new Set<string>();
  /** Forms of pages with rows. */
  readonly forms = new Set<string>();
  readonly refusals = new Set<string>();
  /** Functions, operators and kinds of expressions in queries that were answered with rows. */
  readonly words = new Set<string>();

  add(query: Query, expected: Expected): void {
    if (expected.kind === 'refused') {
      this.refusals.add(expected.code);
      return;
    }
    this.answered += 1;
    if (expected.rows.length === 0) return;
    this.withRows += 1;
    this.forms.add(query.form);
    expected.columns.forEach(({ treatment }) => this.treatments.add(treatment));
    if (query.offset === null && expected.rows.length > query.limit) this.walked += 1;
    const nodes = [...(query.items ?? []), ...query.sort].flatMap(({ node }) => nodesIn(node));
    const filters = [query.filter, query.having].flatMap((filter) => (filter ? [filter] : []));
    for (const word of [...nodes.map(wordOf), ...filters.flatMap(wordsOf)]) this.words.add(word);
  }
}

function wordOf(node: Node): string {
  switch (node.kind) {
    case 'call':
    case 'aggregate':
    case 'predicate':
      return node.name;
    case 'arithmetic':
    case 'comparison':
    case 'logic':
      return node.operator;
    case 'cast':
      return `cast to ${node.type.kind}`;
    default:
      return node.kind;
  }
}

function wordsOf(filter: Filter): readonly string[] {
  if (filter.kind === 'condition') return [filter.op, ...nodesIn(filter.subject).map(wordOf)];
  return filter.kind === 'not' ? wordsOf(filter.node) : filter.nodes.flatMap(wordsOf);
}
