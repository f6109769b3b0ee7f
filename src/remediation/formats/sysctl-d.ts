import { byHandText, hostsFile } from '../by-hand.js';
import { toDropIns } from '../drop-ins.js';
import { getFolder, type RemediationFormat } from './format.js';

/** A folder a remedy, with the files as they are to lie below `/`. */
export const sysctlD: RemediationFormat = {
  mayBeJoined: true,
  render: (plan) => ({
    files: plan.remedies.flatMap((remedy, index) => {
      const folder = getFolder(index);
      return [
        ...toDropIns(plan, remedy).map(({ path, text }) => ({ path: `${folder}${path}`, text })),
        { path: `${folder}/BY-HAND.txt`, text: byHandText(plan, remedy) },
        hostsFile(folder, remedy),
      ];
    }),
    leftOut: [],
  }),
};
