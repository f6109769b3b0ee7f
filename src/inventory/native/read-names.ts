import type { Diagnostic } from '../../model/diagnostic.js';
import { clean } from '../../text/clean.js';
import { problemAt } from '../diagnostics.js';
import { MAX_HOSTS, RESERVED_NAMES } from '../inventory.js';
import { isRangeProblem, nameAt, readNameRange } from '../name-range.js';
import type { NameRange } from '../name-range.js';
import { isAddress } from '../names.js';
import type { Where } from '../settings.js';

const NAME_HELP =
  'letters, digits and . - _, not starting or ending with a hyphen or a dot, at most 253 characters; or an IPv6 address';

/** A host name with its ranges understood; what is wrong with it goes to the diagnostics. */
export function readNames(name: string, where: Where, diagnostics: Diagnostic[]): NameRange | undefined {
  const names = readNameRange(name);
  if (isRangeProblem(names)) {
    const span = where.source.spanOf(where.path);
    for (const { message, help, start, end } of names) {
      diagnostics.push({
        code: 'inventory/range',
        severity: 'error',
        message,
        ...(span?.placeOf(start, end) ?? where.source.placeOf(where.path)),
        help,
      });
    }
    return undefined;
  }
  if (names.count > MAX_HOSTS) {
    diagnostics.push(
      problemAt(
        where,
        'value',
        'inventory/too-many-hosts',
        `these ranges make ${Number.isSafeInteger(names.count) ? names.count : 'billions of'} hosts; an inventory has at most ${MAX_HOSTS}`,
        'look for a digit too many',
      ),
    );
    return undefined;
  }
  // All names of a range have the same form; the last is the longest.
  const wrong = [nameAt(names, 0), nameAt(names, names.count - 1)].find((example) => !isAddress(example));
  if (wrong !== undefined) {
    diagnostics.push(
      problemAt(where, 'value', 'inventory/host-name', `"${clean(wrong, 80)}" cannot be the name of a host`, NAME_HELP),
    );
    return undefined;
  }
  if (RESERVED_NAMES.has(name)) {
    diagnostics.push(
      problemAt(
        where,
        'value',
        'inventory/reserved-name',
        `${name} has a meaning of its own in host patterns`,
        'give the host another name',
      ),
    );
    return undefined;
  }
  return names;
}
