import type { FactId, Reading, ReadFact } from '../../model/reading.js';
import { unreadable, known } from '../../model/reading.js';
import {
  ask,
  getEnds,
  getOpenQuestions,
  decisionInputs,
  walkDecision,
  type Decision,
  type Outcome,
} from './decision.js';
import { openBecause } from './derive.js';
import { byNumber, decided, open, type Question } from './question.js';
import { detectorSwitches } from './hung-task.js';

/**
 * Can a task hang without the hung-task detector ever seeing it: is it off, or does its scan stop before the last
 * thread?
 */

/**
 * PID_MAX_LIMIT of include/linux/threads.h on 64-bit machines; 32768 on 32-bit ones and where CONFIG_BASE_SMALL is set.
 */
const MOST_THREADS = 4_194_304;
const MOST_THREADS_SMALL = 32_768;

const SCAN: Question<'whole' | 'cut-short'> = {
  fact: 'sysctl.kernel.hung_task_check_count',
  inputs: ['sysctl.kernel.hung_task_check_count'],
  answers: ['whole', 'cut-short'],
  ask: (read) =>
    byNumber(
      'sysctl.kernel.hung_task_check_count',
      read('sysctl.kernel.hung_task_check_count'),
      ['whole', 'cut-short'],
      (count) => {
        if (count >= MOST_THREADS) return decided('whole');
        return count < MOST_THREADS_SMALL
          ? decided('cut-short')
          : open(
              ['whole', 'cut-short'],
              'sysctl.kernel.hung_task_check_count',
              `${count} threads are all that a 32-bit kernel can have (${MOST_THREADS_SMALL}), not all that a 64-bit one can (${MOST_THREADS})`,
            );
      },
      () =>
        open(
          ['whole', 'cut-short'],
          'sysctl.kernel.hung_task_check_count',
          'every kernel with the detector has it, and it is not there',
        ),
    ),
  says: {},
  setBy: '/etc/sysctl.conf and sysctl.d',
  breaks: {},
};

const SEES_ALL: Outcome = 'survives';
const MAY_MISS: Outcome = 'not-detected';

const BLIND: Decision = detectorSwitches(
  { outcome: MAY_MISS },
  ask(SCAN, { whole: { outcome: SEES_ALL }, 'cut-short': { outcome: MAY_MISS } }),
);

export const BLIND_INPUTS: readonly FactId[] = decisionInputs(BLIND);

export function deriveBlind(read: ReadFact): Reading {
  const walked = walkDecision(BLIND, read);
  const ends = getEnds(walked, (end) => end.outcome);
  const doubts = getOpenQuestions(walked, (end) => end.outcome);
  const [nearest] = doubts;
  if (nearest !== undefined) return unreadable(nearest.cause, openBecause(doubts));
  const mayMiss = ends.has(MAY_MISS);
  return known(
    mayMiss,
    mayMiss
      ? 'the detector is off, or its scan stops before the last thread'
      : 'the detector is on and its scan reaches every thread',
  );
}
