import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allRules } from '../../src/policy/policy.js';
import { POLICIES } from '../support/shipped-policies.js';

/** What the remedies of the shipped rules tell to be typed, where a distribution has another word for it or lacks it. */

const RULES = allRules(POLICIES);
const COMMANDS = RULES.flatMap(({ id, remediation }) =>
  (remediation?.commands ?? []).map((command) => ({ id, command })),
);

function commandsOf(rule: string): readonly string[] {
  return RULES.find(({ id }) => id === rule)?.remediation?.commands ?? [];
}
function wordsOf(rule: string): string {
  const found = RULES.find(({ id }) => id === rule);
  const { summary = '', mayBreak = '' } = found?.remediation ?? {};
  return [found?.rationale ?? '', summary, mayBreak].join('\n');
}

void test('no command needs an option of journalctl that RHEL 7, SLES 12 and whoever is built without PCRE2 lack', () => {
  assert.ok(COMMANDS.length > 20);
  assert.deepEqual(
    COMMANDS.filter(({ command }) => /journalctl.* (?:-g|--grep)\b/.test(command)),
    [],
  );
});

void test('what is looked for in the journal is looked for in dmesg where there is no journal', () => {
  for (const { id } of COMMANDS.filter(({ command }) => /journalctl.*\| grep/.test(command)))
    assert.ok(
      commandsOf(id).some((command) => command.startsWith('dmesg | grep')),
      id,
    );
});

void test('whoever enables kdump is told what it is called on Debian and Ubuntu', () => {
  const enabling = COMMANDS.filter(({ command }) => /systemctl .*\bkdump\b(?!-)/.test(command));
  assert.ok(enabling.length >= 5);
  for (const { id } of enabling)
    assert.ok(
      commandsOf(id).some((command) => /systemctl .*\bkdump-tools\b.*Debian/.test(command)),
      id,
    );
});

void test('no kdump service is started before the reboot that reserves its memory', () => {
  for (const { id, remediation } of RULES)
    if ((remediation?.bootParameters ?? []).some((parameter) => parameter.startsWith('crashkernel=')))
      assert.deepEqual(
        commandsOf(id).filter((command) => / --now\b|systemctl (?:re)?start/.test(command)),
        [],
        id,
      );
});

void test('the packages of kdump are those of RHEL 10 and of SUSE, too', () => {
  for (const { id, remediation } of RULES)
    if ((remediation?.packages ?? []).some((each) => each.startsWith('kdump-tools')))
      for (const name of ['kexec-tools', 'kdump-utils', 'kdump ('])
        assert.ok(
          remediation?.packages?.some((each) => each.startsWith(name)),
          `${id}: ${name}`,
        );
});

void test('who chooses the entry of GRUB is told that only a saved default is asked for', () => {
  const choosing = COMMANDS.filter(({ command }) => command.includes('grub-set-default'));
  assert.ok(choosing.length >= 2);
  for (const { id } of choosing) {
    assert.ok(
      commandsOf(id).some((command) => /GRUB_DEFAULT=saved/.test(command)),
      id,
    );
    assert.ok(
      commandsOf(id).some((command) => /grub2-set-default .*grub2-mkconfig/.test(command)),
      id,
    );
  }
});

void test('an efi_pstore that is built in and switched off is switched on by a boot parameter', () => {
  const { remediation } = RULES.find(({ id }) => id === 'panic-log-not-kept') ?? {};
  assert.ok(remediation?.bootParameters?.includes('efi_pstore.pstore_disable=0'));
  assert.match(wordsOf('panic-log-not-kept'), /built in/);
});

void test('the profile of tuned for SAP HANA is told with the version from which it is another', () => {
  assert.match(wordsOf('database-sap-hana-thp'), /2\.25/);
  assert.doesNotMatch(wordsOf('database-sap-hana-thp'), /never, as in tuned's profile/);
});
