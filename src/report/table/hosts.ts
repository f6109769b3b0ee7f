import type { HostStatus } from '../../model/report.js';
import { SEVERITIES } from '../../model/verdict.js';
import type { Colour } from '../../render/colour.js';
import { count } from '../../text/count.js';
import type { HostsAlike } from './in-common.js';
import { formatCollectors } from '../attention.js';
import { beside, formatHosts, heading, paragraph, type Page } from './page.js';

const MAX_ROWS = 30;
const NAMES_WIDTH = 140;

const COLOUR: Partial<Readonly<Record<HostStatus, Colour>>> = {
  failing: 'red',
  undecided: 'yellow',
  unchecked: 'yellow',
};

function findingsOf({ status, fails, undecided }: HostsAlike): string {
  if (status === 'unchecked') return 'nothing was checked: no rule passed or failed';
  return [
    ...SEVERITIES.filter((severity) => fails[severity] > 0).map((severity) => `${fails[severity]} ${severity}`),
    ...(undecided === 0 ? [] : [`${undecided} undecided`]),
  ].join(', ');
}

/** Hosts that fail alike in one row, their names folded. Who is clean is only counted, above. */
export function hostsAlike(page: Page): string {
  const { hosts: all, collectors } = page.alike;
  if (all.length === 0 && collectors.total === 0) return '';
  const rows = all.slice(0, MAX_ROWS);
  const left = all.slice(MAX_ROWS).reduce((sum, { hosts }) => sum + hosts.length, 0);
  return [
    rows.length === 0 ? '' : heading(page, 'Hosts, those that fail alike together'),
    ...rows.map((each) =>
      beside(page, each.status, COLOUR[each.status], `${formatHosts(each.hosts, NAMES_WIDTH)}: ${findingsOf(each)}`),
    ),
    left === 0 ? '' : paragraph(page, `… and ${count(left, 'more host')}: -o csv-hosts writes all of them`),
    collectors.total === 0 ? '' : `\n${paragraph(page, formatCollectors(page.alike))}`,
  ].join('');
}

/** Hosts of which nothing is known, by reason, with the way out. */
export function unreached(page: Page): string {
  const { unreached: reasons } = page.alike;
  const total = reasons.reduce((sum, { hosts }) => sum + hosts.length, 0);
  if (total === 0) return '';
  return [
    heading(page, `Not reached: ${count(total, 'host')}, of which nothing is known`),
    ...reasons.map(({ code, means, toDo, hosts, detail }) => {
      const [first = ''] = hosts;
      return [
        beside(page, count(hosts.length, 'host'), 'yellow', `${formatHosts(hosts, NAMES_WIDTH)}: ${means} (${code})`),
        beside(page, '', undefined, hosts.length === 1 ? detail : `${first}: ${detail}`),
        beside(page, '', undefined, toDo),
      ].join('');
    }),
    paragraph(page, 'kernward doctor asks each of them alone and says more, before anything is scanned again.'),
  ].join('');
}
