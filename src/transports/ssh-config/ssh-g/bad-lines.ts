import type { Diagnostic } from '../../../model/diagnostic.js';
import { clean } from '../../../text/clean.js';
import { suggest } from '../../../text/suggest.js';
import { BLOCK_KEYWORDS, KEYWORDS } from '../parse/keywords.js';
import { HOW_TO_CORRECT } from '../parse/parse.js';

/** `FILE: line 3: Bad configuration option: prot`, `FILE line 4: Bad port 'abc'.` @see readconf.c, process_config_line_depth */
const AT_A_LINE = /^(?<file>.+?):? line (?<line>[1-9]\d{0,8}): (?<problem>.+)$/u;
const UNKNOWN = /^Bad configuration option: (?<keyword>.+)$/u;
/** How many they are, which the lines say themselves. */
const SUMMARY = /terminating, \d+ bad configuration options?$/u;

const MOST_WORDS = 300;

function helpFor(keyword: string): string {
  const near = suggest(keyword.toLowerCase(), [...BLOCK_KEYWORDS, ...KEYWORDS.keys()]);
  const first = near === undefined ? 'correct or remove the line;' : `did you mean ${near}?`;
  return clean(`${first} or, where a newer ssh knows it, write IgnoreUnknown ${keyword} in a line above`, MOST_WORDS);
}

function problemAt(file: string, line: number, problem: string): Diagnostic {
  const keyword = UNKNOWN.exec(problem)?.groups?.['keyword'];
  return {
    code: 'ssh-config/asked',
    severity: 'error',
    message: clean(
      keyword === undefined ? `ssh refuses this line: ${problem}` : `ssh knows no option ${keyword}`,
      MOST_WORDS,
    ),
    at: { file, line, column: 1 },
    help: keyword === undefined ? HOW_TO_CORRECT : helpFor(keyword),
  };
}

/**
 * The lines at which `ssh -G` stopped, each a diagnostic of its own that names no host: it is the same for all of them.
 * What it says without a line is about the next that it names. Nothing where it names none.
 */
export function badLines(stderr: string): readonly Diagnostic[] | undefined {
  const found: Diagnostic[] = [];
  let before = '';
  for (const text of stderr.split(/\r?\n/u)) {
    if (text.trim() === '' || SUMMARY.test(text)) continue;
    const { file, line, problem } = AT_A_LINE.exec(text)?.groups ?? {};
    if (file === undefined || line === undefined || problem === undefined) before += `${text}: `;
    else {
      found.push(problemAt(file, Number(line), `${before}${problem}`));
      before = '';
    }
  }
  return found.length === 0 ? undefined : found;
}
