import { type AnalyticEngine, type EngineSnapshot } from '@sluice/engine';
import { type Statement } from '@sluice/query-dsl';

/**
 * The engine behind a compiler as one would write it at first: parameters everywhere, but the policy's predicate stands in one `where` with
 * the caller's own condition, and operators are the engine's plain ones. In which order the engine then looks at the two is its own affair
 * and changes with its version, the statistics and the compression of a column; here it is the worse order. The test must find that.
 */
export function withFlatShape(engine: AnalyticEngine): AnalyticEngine {
  return {
    snapshot: () => flatSnapshot(engine.snapshot()),
    close: () => engine.close(),
  };
}

function flatSnapshot(snapshot: EngineSnapshot): EngineSnapshot {
  return new Proxy(snapshot, {
    get(target, name) {
      if (name === 'query') {
        return (statement: Statement, options: never) => target.query(flatten(statement), options);
      }
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** `(select … from table where P) s0 where U` becomes `(select … from table) s0 where U and P`, U first. Queries with joins stay as they are. */
export function flatten({ sql, parameters }: Statement): Statement {
  const plain = sql.replaceAll('try_cast(', 'cast(').replaceAll(/\btry\(/g, '(');
  const scan = /^(.*\(select .*?) from ("\w+"\."main"\."rows") where (.*?)\) s0(?! left join)(.*)$/s.exec(
    plain,
  );
  if (!scan) return { sql: plain, parameters };
  const [, before = '', table = '', predicate = '', after = ''] = scan;
  const moved = predicate.replaceAll('"tenant_id"', 's0.flat_tenant');
  const { condition, rest } = splitCondition(after);
  const where = condition === '' ? moved : `case when ${condition} then ${moved} end`;
  return { sql: `${before}, "tenant_id" as flat_tenant from ${table}) s0 where ${where}${rest}`, parameters };
}

/** Cuts ` where U` off the front: up to the bracket that closes the level, or to its grouping. */
function splitCondition(text: string): { readonly condition: string; readonly rest: string } {
  if (!text.startsWith(' where ')) return { condition: '', rest: text };
  let depth = 0;
  let end = ' where '.length;
  for (; end < text.length; end += 1) {
    if (text[end] === '(') depth += 1;
    if (text[end] === ')') depth -= 1;
    if (depth < 0 || (depth === 0 && text.startsWith(' group by', end))) break;
  }
  return { condition: text.slice(' where '.length, end), rest: text.slice(end) };
}
