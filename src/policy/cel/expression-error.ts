import type { SourceSpan } from './node.js';

export type ExpressionErrorCode =
  | 'policy/syntax'
  | 'policy/too-large'
  | 'policy/unknown-fact'
  | 'policy/unknown-parameter'
  | 'policy/unknown-function'
  | 'policy/unknown-value'
  | 'policy/wrong-type'
  | 'policy/not-supported'
  | 'policy/bad-pattern'
  | 'policy/bad-version'
  | 'policy/text-order'
  | 'policy/template';

/** What is wrong with an expression, and where in its text (UTF-16 units). Free of control characters once rendered. */
export interface ExpressionError extends SourceSpan {
  readonly code: ExpressionErrorCode;
  readonly message: string;
  readonly help?: string;
}
