import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readBootFiles } from '../../../src/kernel/next-boot/boot-files.js';
import { nextCommandLine } from '../../../src/kernel/next-boot/command-line.js';
import { nextKernel } from '../../../src/kernel/next-boot/next-kernel.js';
import { bls, file } from '../../support/next-boot/told.js';

const OLD = '6.1.0-50-amd64';
const NEW = '6.1.0-51-amd64';

function entry(id: string, release: string, parameters = ''): readonly string[] {
  return [`menuentry ${id}`, `linux /boot/vmlinuz-${release}${parameters}`, 'end'];
}

const TWO = [...entry('one', NEW, ' panic=1'), ...entry('two', OLD, ' panic=2')];
const CUSTOM = ['reads custom.cfg', 'reads custom.cfg'];

function cfg(...lines: readonly string[]): readonly string[] {
  return file('/boot/grub/grub.cfg', ...lines);
}
function custom(...lines: readonly string[]): readonly string[] {
  return file('/boot/grub/custom.cfg', ...lines);
}
function saved(...lines: readonly string[]): readonly string[] {
  return file('/boot/grub/grubenv', ...lines);
}

interface Case {
  readonly name: string;
  readonly told: readonly string[];
  /** undefined: not asked. */
  readonly is?: string | RegExp;
  readonly panic?: string | RegExp;
}

const BLS_CFG = ['set default=${next_entry}', 'set default=${saved_entry}', 'reads user.cfg', 'set default=1'];

const cases: readonly Case[] = [
  {
    name: 'custom.cfg is not there, nor what asks for a password',
    told: cfg('set default=0', 'reads user.cfg', ...TWO, ...CUSTOM),
    is: NEW,
    panic: '1',
  },
  {
    name: 'custom.cfg may not be read',
    told: [...cfg('set default=0', ...TWO, ...CUSTOM), 'denied /boot/grub/custom.cfg'],
    is: /^\/boot\/grub\/grub\.cfg:8 reads \/boot\/grub\/custom\.cfg, which may not be read$/,
    panic: /^\/boot\/grub\/grub\.cfg:8 reads \/boot\/grub\/custom\.cfg, which may not be read$/,
  },
  {
    name: 'custom.cfg has an entry, and the default is one before it',
    told: [...cfg('set default=0', ...TWO, ...CUSTOM), ...custom(...entry('mine', OLD, ' panic=9'))],
    is: NEW,
    panic: '1',
  },
  {
    name: 'custom.cfg has the entry that is saved',
    told: [
      ...cfg('set default=${saved_entry}', ...TWO, ...CUSTOM),
      ...custom(...entry('mine', OLD, ' panic=9')),
      ...saved('saved_entry=mine'),
    ],
    is: OLD,
    panic: '9',
  },
  {
    name: 'custom.cfg comes once, though two lines read it, one of them',
    told: [
      ...cfg('set default=3', ...CUSTOM, ...TWO),
      ...custom(...entry('mine', OLD, ' panic=9'), ...entry('his', OLD, ' panic=8')),
    ],
    panic: '2',
  },
  {
    name: 'custom.cfg sets the default, whatever was before',
    told: [...cfg('set default=0', ...TWO, ...CUSTOM), ...custom('now default=two')],
    is: OLD,
    panic: '2',
  },
  {
    name: 'custom.cfg sets the default in some cases',
    told: [...cfg('set default=0', ...TWO, ...CUSTOM), ...custom('set default=two')],
    is: /^\/boot\/grub\/grub\.cfg does not say which entry is the default: \/boot\/grub\/custom\.cfg:1 has two$/,
    panic: /custom\.cfg:1 has two$/,
  },
  {
    name: 'custom.cfg may lie there and nobody reads it',
    told: [...cfg('set default=0', ...TWO), ...custom('now default=two')],
    is: NEW,
  },
  {
    name: 'another file is read',
    told: cfg('set default=0', 'reads mine.cfg', ...TWO),
    is: /^\/boot\/grub\/grub\.cfg:2 reads mine\.cfg, which is not followed$/,
    panic: /reads mine\.cfg/,
  },
  {
    name: 'a command that may lead anywhere',
    told: cfg('set default=0', 'odd configfile', ...TWO),
    is: /^\/boot\/grub\/grub\.cfg:2 has configfile, which is not followed$/,
    panic: /^\/boot\/grub\/grub\.cfg:2 has configfile/,
  },
  {
    name: 'the same within another entry is nothing to this one',
    told: cfg('set default=0', ...TWO, 'menuentry snapshots', 'odd configfile', 'end'),
    is: NEW,
    panic: '1',
  },
  {
    name: 'the same within the entry',
    told: cfg('set default=0', 'menuentry one', 'odd source', `linux /boot/vmlinuz-${NEW} panic=1`, 'end'),
    is: /^\/boot\/grub\/grub\.cfg:3 has source, which is not followed$/,
    panic: /:3 has source/,
  },
  {
    name: 'the same within the menu of the entry',
    told: cfg('set default=2>two', ...TWO, 'submenu more', 'odd source', ...entry('two', OLD), 'end'),
    is: /^\/boot\/grub\/grub\.cfg:9 has source, which is not followed$/,
  },
  {
    name: 'a title that GRUB puts another in place of',
    told: [
      ...cfg(
        'set default=${saved_entry}',
        'menuentry a Debian',
        `linux /boot/vmlinuz-${NEW}`,
        'end',
        'submenu more More',
        'menuentry b Debian old',
        `linux /boot/vmlinuz-${OLD}`,
        'end',
        'end',
        'swap Debian old|More>Debian old',
      ),
      ...saved('saved_entry=Debian old'),
    ],
    is: OLD,
  },
  {
    name: 'a variable of tuned that grub.cfg sets',
    told: cfg('set default=0', 'now tuned_params= panic=7', ...entry('one', NEW, ' @tuned_params')),
    is: NEW,
    panic: '7',
  },
  {
    name: 'a variable of tuned that grub.cfg empties, whatever grubenv has',
    told: [
      ...cfg('set default=0', 'now tuned_params=', ...entry('one', NEW, ' panic=1 @tuned_params')),
      ...saved('tuned_params= panic=7'),
    ],
    panic: '1',
  },
  {
    name: 'a variable that is set in some cases',
    told: [...cfg('set default=0', 'set tuned_params= panic=7', ...entry('one', NEW, ' @tuned_params')), ...saved()],
    panic: /uses \$tuned_params, which is not known$/,
  },
  {
    name: 'a variable that is the same in all cases, as Ubuntu has one',
    told: [
      ...cfg('set default=0', 'set vt_handoff=', 'set vt_handoff=', ...entry('one', NEW, ' panic=1 @vt_handoff')),
      ...saved(),
    ],
    panic: '1',
  },
  {
    name: 'a variable that nothing sets and grubenv was not read',
    told: cfg('set default=0', ...entry('one', NEW, ' @tuned_params')),
    panic: /uses \$tuned_params, which is not known$/,
  },
  {
    name: 'entries of their own: what grub.cfg gives tuned_params',
    told: [
      ...cfg(...BLS_CFG, 'now tuned_params= panic=7', 'blscfg'),
      ...bls('x', 'oops=panic @tuned_params'),
      ...saved('tuned_params= panic=3', 'saved_entry=x'),
    ],
    panic: '7',
  },
  {
    name: 'entries of their own: tuned_params, and grub.cfg may not be read',
    told: [...bls('x', '@tuned_params'), ...saved('tuned_params= panic=3'), 'denied /boot/grub/grub.cfg'],
    panic: /uses \$tuned_params, which is not known$|may not be read$/,
  },
  {
    name: 'entries of their own: kernelopts, which grub.cfg has where grubenv has none',
    told: [...cfg(...BLS_CFG, 'else kernelopts= panic=7', 'blscfg'), ...bls('x', '@kernelopts'), ...saved()],
    panic: '7',
  },
  {
    name: 'entries of their own: kernelopts of grubenv',
    told: [
      ...cfg(...BLS_CFG, 'else kernelopts= panic=7', 'blscfg'),
      ...bls('x', '@kernelopts'),
      ...saved('kernelopts= panic=3'),
    ],
    panic: '3',
  },
  {
    name: 'entries of their own: what is set behind them may come too late',
    told: [
      ...cfg(...BLS_CFG, 'now tuned_params=', 'blscfg', ...CUSTOM),
      ...custom('now tuned_params= panic=7'),
      ...bls('x', '@tuned_params'),
      ...saved(),
    ],
    panic: /uses \$tuned_params, which is not known$/,
  },
  {
    name: 'entries of their own: custom.cfg may set another default',
    told: [
      ...cfg(...BLS_CFG, 'blscfg', ...CUSTOM),
      ...custom('now default=mine', ...entry('mine', OLD)),
      ...bls('x', 'panic=3'),
      `/boot/loader/entries/x.conf:2:version ${NEW}`,
      ...saved('saved_entry=x'),
    ],
    is: /does not say that the saved entry is the default$/,
    panic: /differ in panic$/,
  },
  {
    name: 'entries of their own: custom.cfg may not be read',
    told: [
      ...cfg(...BLS_CFG, 'blscfg', ...CUSTOM),
      'denied /boot/grub/custom.cfg',
      ...bls('x', 'panic=3'),
      `/boot/loader/entries/x.conf:2:version ${NEW}`,
      ...saved('saved_entry=x'),
    ],
    is: /reads \/boot\/grub\/custom\.cfg, which may not be read$/,
    panic: /reads \/boot\/grub\/custom\.cfg, which may not be read$/,
  },
];

describe('what GRUB starts', () => {
  for (const { name, told, is, panic } of cases)
    test(name, () => {
      const files = readBootFiles(told);
      const { release, doubt = '' } = nextKernel(files);
      if (typeof is === 'string') assert.equal(release, is, doubt);
      else if (is !== undefined) {
        assert.equal(release, undefined);
        assert.match(doubt, is);
      }
      const said = nextCommandLine(files, undefined).ask('panic');
      if (typeof panic === 'string') assert.equal(said && 'value' in said && said.value, panic, JSON.stringify(said));
      else if (panic !== undefined) {
        assert.ok(said !== undefined && 'doubt' in said, JSON.stringify(said));
        assert.match(said.doubt, panic);
      }
    });
});
