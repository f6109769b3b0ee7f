import type { FactId } from '../../model/reading.js';
import { VERSION_AT_LEAST } from './functions.js';
import { withDescendants, type Node } from './node.js';
import type { ExpressionError } from './expression-error.js';
import { mistakeOfScheme, mistakeOfVersion } from './version-at-least.js';

function textOf(node: Node | undefined): string | undefined {
  return node?.op === 'literal' && typeof node.value === 'string' ? node.value : undefined;
}

function refuse({ start, end }: Node, mistake: Pick<ExpressionError, 'message' | 'help'>): readonly ExpressionError[] {
  return [{ start, end, code: 'policy/bad-version', ...mistake }];
}

function checkCall(node: Node): readonly ExpressionError[] {
  if (node.op !== 'call' || node.function !== VERSION_AT_LEAST) return [];
  const [, wanted, scheme] = node.args;
  if (wanted === undefined || scheme === undefined) return [];
  const name = textOf(scheme);
  if (name === undefined)
    return refuse(scheme, { message: 'the scheme of versionAtLeast() must be written out, as a text in quotes' });
  const noScheme = mistakeOfScheme(name);
  if (noScheme !== undefined) return refuse(scheme, noScheme);
  const version = textOf(wanted);
  const noVersion = version === undefined ? undefined : mistakeOfVersion(version, name);
  return noVersion === undefined ? [] : refuse(wanted, noVersion);
}

/** The schemes by which a fact, or what is made of it, is compared with a version; each once. */
export function schemesOf(node: Node, fact: FactId): readonly string[] {
  const schemes = withDescendants(node).flatMap((inner) => {
    if (inner.op !== 'call' || inner.function !== VERSION_AT_LEAST) return [];
    const [version, , scheme] = inner.args;
    const isOfFact =
      version !== undefined && withDescendants(version).some((part) => part.op === 'fact' && part.fact.id === fact);
    return isOfFact ? [textOf(scheme) ?? ''] : [];
  });
  return [...new Set(schemes)];
}

/** A version that is written out and is none as its scheme has them, and a scheme that is none: no host could answer. */
export function checkVersions(node: Node): readonly ExpressionError[] {
  return withDescendants(node).flatMap(checkCall);
}
