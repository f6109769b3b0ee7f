import { problemAt } from '../../diagnostics.js';
import { USER_PATTERN } from '../../native/schema.js';
import { overwritten } from '../../../text/yaml/overwrite-secrets.js';
import { addHosts } from '../add-hosts.js';
import { UNGROUPED } from '../../outline.js';
import type { AnsibleModel } from '../model.js';
import { textSource, whereIn } from '../text-source.js';

/** One target; a comma within the brackets of a range does not end it. */
const TARGET = /(?:\[[^\]]*\]|[^,\s])+/g;
const WITH_USER = /^(?<user>[^@]*)@(?<names>.*)$/;
/** A password, as a URL would have it. */
const PASSWORD = /(?<=^[^:@]*:)[^@]+(?=@)/;

function shown(text: string): string {
  return overwritten(
    text,
    [...text.matchAll(TARGET)].flatMap((target) => {
      const found = PASSWORD.exec(target[0]);
      return found === null
        ? []
        : [{ start: target.index + found.index, end: target.index + found.index + found[0].length }];
    }),
  );
}

/**
 * Reads targets as they stand on a command line: names with commas between them, each with ranges, `user@` and `:port`
 * if need be (`web[1:3].example.com`, `root@db1:2222`, `[2001:db8::1]:22`). They are in no group.
 */
export function readTargets(model: AnsibleModel, text: string, file: string): void {
  const source = textSource(text, file, () => shown(text));
  for (const { 0: target, index } of text.matchAll(TARGET)) {
    const where = whereIn(source, index, index + target.length);
    const { user, names = target } = WITH_USER.exec(target)?.groups ?? {};
    const problem = (code: 'inventory/secret' | 'inventory/host-name', message: string, help: string): void =>
      model.diagnostics.add(problemAt(where, 'value', code, message, help));
    if (PASSWORD.test(target))
      problem(
        'inventory/secret',
        'this looks like a password, and everyone on this machine can read a command line',
        'log in with a key: --identity names its file, or the SSH agent holds it',
      );
    else if (user !== undefined && !new RegExp(USER_PATTERN).test(user))
      problem(
        'inventory/host-name',
        'what stands before the @ is no user',
        'user@host, with a user of letters, digits and _ . + $ -',
      );
    else
      addHosts(model, {
        pattern: names,
        group: UNGROUPED,
        variables: user === undefined ? [] : [{ name: 'ansible_user', value: user, where }],
        where,
      });
  }
}
