import { ColumnType } from '@sluice/catalog';

/** Where a piece of the request stands: its JSON pointer, and for expressions the offset inside the text. */
export interface Place {
  readonly pointer: string;
  readonly position?: number;
}

export type BinaryOperator =
  '+' | '-' | '*' | '/' | '%' | '=' | '<>' | '<' | '<=' | '>' | '>=' | 'and' | 'or';

/** An expression as it was written: names are not looked up, types not known. */
export type Expression =
  | { readonly kind: 'column'; readonly path: readonly string[]; readonly place: Place }
  | { readonly kind: 'number'; readonly digits: string; readonly place: Place }
  | { readonly kind: 'text'; readonly text: string; readonly place: Place }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly place: Place }
  | { readonly kind: 'null'; readonly place: Place }
  | { readonly kind: 'not'; readonly operand: Expression; readonly place: Place }
  | { readonly kind: 'negate'; readonly operand: Expression; readonly place: Place }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly place: Place;
    }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly args: readonly Expression[];
      readonly place: Place;
    }
  | { readonly kind: 'count-rows'; readonly place: Place }
  | {
      readonly kind: 'cast';
      readonly operand: Expression;
      readonly type: ColumnType;
      readonly place: Place;
    }
  | {
      readonly kind: 'case';
      readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
      readonly otherwise: Expression | null;
      readonly place: Place;
    }
  | {
      readonly kind: 'in';
      readonly operand: Expression;
      readonly items: readonly Expression[];
      readonly negated: boolean;
      readonly place: Place;
    }
  | {
      readonly kind: 'between';
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly negated: boolean;
      readonly place: Place;
    }
  | {
      readonly kind: 'like';
      readonly operand: Expression;
      readonly pattern: Expression;
      readonly negated: boolean;
      readonly place: Place;
    }
  | {
      readonly kind: 'is-null';
      readonly operand: Expression;
      readonly negated: boolean;
      readonly place: Place;
    };
