import { hasTerminalWithoutTerm } from '../../transports/control-machine.js';

/** Nothing but text is for a terminal of which TERM says `dumb`, or nothing: in an editor, over a serial line. */
function isDumb(): boolean {
  const term = process.env['TERM'] ?? '';
  return term === 'dumb' || (term === '' && !hasTerminalWithoutTerm());
}

export const COLOUR_CHOICES = ['auto', 'always', 'never'] as const;
type ColourChoice = (typeof COLOUR_CHOICES)[number];

let chosen: ColourChoice = 'auto';

/** What `--color` says; anything else is `auto`. Once, before anything is written. */
export function chooseColour(choice: unknown): void {
  chosen = COLOUR_CHOICES.find((each) => each === choice) ?? 'auto';
}

function env(name: string): string {
  return process.env[name] ?? '';
}

/**
 * Whether what is written to a stream has colours. The option stands above the environment, and a wish for none above
 * one for some: NO_COLOR (https://no-color.org), FORCE_COLOR (https://force-color.org; 0 and false are Node's words for
 * none), CLICOLOR_FORCE (https://bixense.com/clicolors). Otherwise they are for terminals that know how.
 */
export function isColoured(stream: Pick<NodeJS.WriteStream, 'isTTY'>): boolean {
  if (chosen !== 'auto') return chosen === 'always';
  if (env('NO_COLOR') !== '') return false;
  const force = env('FORCE_COLOR');
  if (force !== '') return force !== '0' && force !== 'false';
  if (!['', '0'].includes(env('CLICOLOR_FORCE'))) return true;
  return stream.isTTY && !isDumb();
}

/** May a line be taken back and written again? */
export function canRewrite(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && !isDumb();
}
