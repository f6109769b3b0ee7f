import type { Severity } from '../model/verdict.js';

/**
 * SGR parameters (ECMA-48 8.3.117): the only control sequences that a format ever writes, and only where colour is on.
 */
const SGR = { bold: '1', dim: '2', red: '31', green: '32', yellow: '33', cyan: '36', 'bold red': '1;31' } as const;
export type Colour = keyof typeof SGR;

export type Paint = (text: string, colour: Colour) => string;

export function painter(on: boolean): Paint {
  return on ? (text, colour) => `\u001b[${SGR[colour]}m${text}\u001b[0m` : (text) => text;
}

export const SEVERITY_COLOUR = {
  critical: 'bold red',
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
  info: 'dim',
} as const satisfies Record<Severity, Colour>;
