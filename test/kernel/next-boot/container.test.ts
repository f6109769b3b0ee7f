import assert from 'node:assert/strict';
import { test } from 'node:test';
import { derive } from '../../../src/kernel/derive-facts.js';
import { afterBoot } from '../../../src/kernel/next-boot/after-boot.js';
import { NEXT_BOOT_FACTS } from '../../../src/kernel/next-boot/facts.js';
import { nextKernelFacts } from '../../../src/kernel/next-boot/kernel-facts.js';
import { known, unreadable, type Reading } from '../../../src/model/reading.js';
import { bls, DEBIAN, file } from '../../support/next-boot/told.js';

const WHY = /^this is a container, which boots no kernel: its kernel is the host's$/;

const READINGS = new Map<string, Reading>([
  ['virtualization.type', known('container', '/run/systemd/container:lxc\n')],
  ['sysctl.kernel.panic', known(5, '5\n')],
  ['sysctl.kernel.tainted', known(128, '128\n')],
  ['sysctl.kernel.watchdog', known(1, '1\n')],
  ['kernel.oops_count', known(2, '2\n')],
  ['kernel.installed', known(['linux-image-6.1.0-51-amd64 6.1.2-1'], '')],
  ['kexec.crash_loaded', known(true, '1\n')],
  ['kexec.crash_size', known(1, '1\n')],
  ['kdump.enabled', known(true, '')],
  ['pstore.backend', known('efi', 'efi\n')],
  ['thp.sizes', known({}, '')],
  ['khugepaged.running', known(true, '')],
  ['uname.release', known('6.1.0-50-amd64', '')],
  ['proc.version', known('Linux version 6.1.0-50-amd64', '')],
  ['cmdline', known({ panic: '5' }, '')],
  [
    'next_boot.files',
    known(
      [
        ...DEBIAN,
        ...bls('a', 'panic=7'),
        ...file('/etc/sysctl.d/a.conf', 'kernel.panic=10'),
        'listed',
        'kernel 6.1.0-51-amd64',
      ],
      '',
    ),
  ],
]);

function detailOf(reading: Reading | undefined): string {
  return reading?.state === 'unreadable' ? reading.detail : JSON.stringify(reading);
}

test('a container boots no kernel: nothing is said of settings, counts, parameters or kernel', () => {
  const after = afterBoot([])((id) => READINGS.get(id));
  for (const id of READINGS.keys())
    if (!['virtualization.type', 'kdump.enabled', 'kernel.installed', 'next_boot.files', 'proc.version'].includes(id))
      assert.match(detailOf(after?.facts.get(id)), WHY, id);
  assert.match(detailOf(after?.kernelDoubt), WHY);
});

function panicAfter(virtualization: Reading): string {
  const after = afterBoot([])((id) => (id === 'virtualization.type' ? virtualization : READINGS.get(id)));
  return detailOf(after?.facts.get('sysctl.kernel.panic'));
}

test('where it cannot be read whether it is one, nothing is said either; that no file tells is how a machine looks', () => {
  assert.match(
    panicAfter(unreadable('denied', 'Permission denied')),
    /^whether this is a container, .* Permission denied$/,
  );
  assert.match(panicAfter(unreadable('undetermined', 'no file tells')), /"value":10/);
});

test('what is derived of the next boot of a container says so', () => {
  const readings = derive(READINGS, [...NEXT_BOOT_FACTS, ...nextKernelFacts([])]);
  for (const id of ['next_boot.kernel', 'next_boot.newest_kernel', 'next_boot.fixes_lost'])
    assert.match(detailOf(readings.get(id)), WHY, id);
  const [state, changes, open] = ['state', 'changes', 'open'].map((name) => readings.get(`next_boot.${name}`));
  assert.equal(state?.state === 'known' && state.value, 'open');
  assert.deepEqual(changes?.state === 'known' && changes.value, []);
  assert.match(String(open?.state === 'known' && Object(open.value)['sysctl.kernel.panic']), WHY);
});
