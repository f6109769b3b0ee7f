import { right, wrong, type Diagnostic, type Loaded } from '../../model/diagnostic.js';
import { clean } from '../../text/clean.js';
import { problemAt, type InventoryCode } from '../diagnostics.js';
import { MAX_HOSTS, RESERVED_NAMES } from '../inventory.js';
import { isRangeProblem, nameAt, readNameRange } from '../name-range.js';
import type { NameRange } from '../name-range.js';
import { isAddress } from '../names.js';
import type { Where } from '../settings.js';

const NAME_HELP =
  'letters, digits and . - _, not starting or ending with a hyphen or a dot, at most 253 characters; or an IPv6 address';

/** A host name with its ranges understood, or what is wrong with it. */
export function readNames(name: string, where: Where): Loaded<NameRange> {
  const names = readNameRange(name);
  if (isRangeProblem(names)) {
    const span = where.source.spanOf(where.path);
    return wrong(
      names.map(({ message, help, start, end }): Diagnostic => ({
        code: 'inventory/range',
        severity: 'error',
        message,
        ...(span?.placeOf(start, end) ?? where.source.placeOf(where.path)),
        help,
      })),
    );
  }
  const refuse = (code: InventoryCode, message: string, help: string): Loaded<never> =>
    wrong([problemAt(where, 'value', code, message, help)]);
  if (names.count > MAX_HOSTS)
    return refuse(
      'inventory/too-many-hosts',
      `these ranges make ${Number.isSafeInteger(names.count) ? names.count : 'billions of'} hosts; an inventory has at most ${MAX_HOSTS}`,
      'look for a digit too many',
    );
  // All names of a range have the same form; the last is the longest.
  const examples = names.count === 1 ? [nameAt(names, 0)] : [nameAt(names, 0), nameAt(names, names.count - 1)];
  const bad = examples.find((example) => !isAddress(example));
  if (bad !== undefined)
    return refuse('inventory/host-name', `"${clean(bad, 80)}" cannot be the name of a host`, NAME_HELP);
  if (RESERVED_NAMES.has(name))
    return refuse(
      'inventory/reserved-name',
      `${name} has a meaning of its own in host patterns`,
      'give the host another name',
    );
  return right(names);
}
