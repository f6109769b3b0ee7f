import { Option } from 'commander';
import { COLOUR_CHOICES } from '../terminal/capabilities.js';

/** For every command: each prints something to people. */
export function colourOption(): Option {
  return new Option(
    '--color <WHEN>',
    'colours: auto (on a terminal), always, never; the environment: NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE',
  ).choices(COLOUR_CHOICES);
}
