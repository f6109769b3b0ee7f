import { accept, type BootSetting } from '../settings.js';
import type { Write } from '../sysctl-d.js';
import type { BootStep, Tool } from './prediction.js';

export interface State {
  readonly steps: BootStep[];
  /** The last that the kernel takes. */
  winner: BootStep | undefined;
  /** What may have set something else, by whom, the last that was found at the end. */
  readonly doubts: Map<Tool, string>;
  /** The last that the kernel takes of each. */
  readonly lasts: Map<Tool, BootStep>;
}

/**
 * Who comes after whom. Those of one number stand in no order: systemd-sysctl.service and systemd-tmpfiles-setup.service are
 * both before sysinit.target and neither names the other (systemd 252); sysfsutils and tuned are both after it.
 */
const TURN: Readonly<Record<Tool, number>> = {
  'the kernel': 0,
  'modprobe.d': 1,
  'the kernel command line': 2,
  'sysctl.d': 3,
  'tmpfiles.d': 3,
  sysfsutils: 4,
  tuned: 4,
  'the kubelet': 5,
  'kdump-tools': 5,
  kdump: 5,
  another: 5,
};

function isOrdered(one: Tool, other: Tool): boolean {
  return one === other || TURN[one] !== TURN[other];
}

export function doubtful(state: State, tool: Tool, doubt: string): void {
  // Deleted first, so that it is the last.
  state.doubts.delete(tool);
  state.doubts.set(tool, doubt);
}

export function isOpen({ winner, doubts }: State): boolean {
  return winner === undefined || doubts.size > 0;
}

function noOrder(one: BootStep, other: BootStep): string {
  return one.tool === 'sysctl.d'
    ? `systemd orders neither ${one.tool} (${one.place}) nor ${other.tool} (${other.place}) before the other`
    : `nothing orders ${one.tool} (${one.place}) and ${other.tool} (${other.place})`;
}

/** It is the last of all before it: what is not known of these no longer matters, unless nothing orders them. */
export function set(state: State, step: BootStep): void {
  const { tool } = step;
  for (const other of state.doubts.keys()) if (isOrdered(other, tool)) state.doubts.delete(other);
  state.winner = step;
  state.lasts.set(tool, step);
  for (const other of state.lasts.values())
    if (!isOrdered(other.tool, tool) && other.value !== step.value) doubtful(state, tool, noOrder(other, step));
}

export function take(state: State, setting: BootSetting, tool: Tool, value: string, place: string): void {
  const accepted = accept(setting, value);
  if (accepted === 'refused') {
    state.steps.push({ tool, value, place, isRefused: true });
    return;
  }
  const step: BootStep = { tool, value: accepted === 'unclear' ? value : accepted.value, place };
  state.steps.push(step);
  set(state, step);
  if (accepted === 'unclear')
    doubtful(state, tool, `it depends on the kernel whether it takes ${JSON.stringify(value)} (${place})`);
}

export function placeOf({ file, line, pattern }: Write): string {
  return `${file}:${line}${pattern === undefined ? '' : `, by the pattern ${pattern}`}`;
}
