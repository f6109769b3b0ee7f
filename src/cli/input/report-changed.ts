import { clean } from '../../text/clean.js';
import { EXIT, Stop } from '../terminal/exit.js';

/** Nothing that was said of such a report holds: half of it may be another's. */
export function reportChanged(file: string): Stop {
  return new Stop(EXIT.usage, `${clean(file, 300)} was changed while it was read`, [
    {
      code: 'report/changed',
      severity: 'error',
      message: 'the report was changed while it was read',
      at: { file, line: 1, column: 1 },
      help: 'wait until whoever writes it has done so, and try again; kernward itself puts a report in place as a whole',
    },
  ]);
}
