import { byHandText, hostsFile } from '../by-hand.js';
import { dropInsOf } from '../drop-ins.js';
import { folderOf, type Way } from './format.js';

/** A folder a remedy, with the files as they are to lie below `/`. */
export const sysctlD: Way = {
  title: 'files for /etc/sysctl.d and /etc/tmpfiles.d',
  mayBeJoined: true,
  render: (plan) => ({
    files: plan.remedies.flatMap((remedy, index) => {
      const folder = folderOf(index);
      return [
        ...dropInsOf(plan, remedy).map(({ path, text }) => ({ path: `${folder}${path}`, text })),
        { path: `${folder}/BY-HAND.txt`, text: byHandText(plan, remedy) },
        hostsFile(folder, remedy),
      ];
    }),
    leftOut: [],
  }),
};
