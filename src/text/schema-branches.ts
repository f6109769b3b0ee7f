import type { ErrorObject } from 'ajv';

const CHOICES = new Set(['anyOf', 'oneOf']);

interface Branch {
  readonly errors: readonly ErrorObject[];
  /** The value has not even this branch's type. */
  readonly isOtherType: boolean;
}

function branchesOf(choice: ErrorObject, inside: readonly ErrorObject[]): readonly Branch[] {
  const byIndex = new Map<string, ErrorObject[]>();
  for (const error of inside) {
    const index = error.schemaPath.slice(choice.schemaPath.length + 1).split('/', 1)[0] ?? '';
    const errors = byIndex.get(index) ?? [];
    errors.push(error);
    byIndex.set(index, errors);
  }
  return [...byIndex.values()].map((errors) => ({
    errors,
    isOtherType: errors.some(
      (error) => error.instancePath === choice.instancePath && (error.keyword === 'type' || error.keyword === 'const'),
    ),
  }));
}

/**
 * A value that fits no branch of an `anyOf` makes an error for each branch and one for the choice. Kept are the errors
 * of the branch whose type the value has (the fewest, where several have it), or, where none has it, the choice's own.
 */
export function withoutBranchNoise(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const kept: ErrorObject[] = [];
  for (const error of errors) {
    if (!CHOICES.has(error.keyword)) {
      kept.push(error);
      continue;
    }
    // A choice is reported right after what its branches reported.
    let from = kept.length;
    while (from > 0) {
      const before = kept[from - 1];
      if (
        before === undefined ||
        !before.schemaPath.startsWith(`${error.schemaPath}/`) ||
        !before.instancePath.startsWith(error.instancePath)
      )
        break;
      from--;
    }
    const fitting = branchesOf(error, kept.splice(from)).filter((branch) => !branch.isOtherType);
    const best = fitting.toSorted((a, b) => a.errors.length - b.errors.length)[0];
    for (const branchError of best?.errors ?? [error]) kept.push(branchError);
  }
  return kept;
}
