import type { Format } from '../../model/report.js';
import { painter } from '../../render/colour.js';
import { collectInCommon } from '../table/in-common.js';
import { ending, firstScreen, SCREEN_LINES } from '../table/first-screen.js';
import { blastRadius, groupRules, groups } from '../table/groups.js';
import { hostsAlike, unreached } from '../table/hosts.js';
import type { Page } from '../table/page.js';
import { nextBoot, undecided, whatFails } from '../table/reasons.js';
import { theRun, waivers } from '../table/the-run.js';

const MIN_COLUMNS = 60;
const MAX_COLUMNS = 200;

const PARTS = [
  firstScreen,
  hostsAlike,
  unreached,
  whatFails,
  undecided,
  nextBoot,
  waivers,
  groups,
  blastRadius,
  groupRules,
  theRun,
] as const;

/**
 * For people at a terminal. On the first screen the verdict, the counts and the worst rules; then each thing once, what
 * is not there not at all.
 */
export const tableFormat: Format = {
  id: 'table',
  title: 'what needs attention, for people',
  extension: '.txt',
  *render(report, options) {
    const columns = Math.min(Math.max(options.columns, MIN_COLUMNS), MAX_COLUMNS);
    const alike = yield* collectInCommon(report.hosts, report.header.gate);
    const page: Page = { report, alike, columns, paint: painter(options.colour) };
    let lines = 0;
    for (const part of PARTS) {
      const text = part(page);
      lines += text.split('\n').length - 1;
      yield text;
    }
    if (lines > SCREEN_LINES) yield ending(page);
  },
};
