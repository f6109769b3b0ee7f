/**
 * Whole-command cases. Each file in test/cli/cases is a sequence of sections, each opened by a line `--- NAME`:
 *
 *     --- inventory.yaml            a file to be written beforehand
 *     --- $ kernward scan -i …      the command, run without a shell in a fresh folder
 *     --- exit 2                    what it must exit with
 *     --- stdout / --- stderr       what it must print (after `steady`)
 *
 * Several commands may follow each other in one file. UPDATE_GOLDEN=1 rewrites exit, stdout and stderr.
 */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { startKernward, type Ended } from '../support/kernward.js';
import { runWarm } from '../support/warm/commands.js';

const CASES = join(process.cwd(), 'test', 'cli', 'cases');
const HOSTS = join(process.cwd(), 'policies', 'hosts');

interface Section {
  readonly head: string;
  readonly body: string;
}

function sections(text: string): Section[] {
  return text
    .split(/^--- /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { head: part.slice(0, end).trim(), body: part.slice(end + 1) };
    });
}

/** Takes out what differs between two runs of the same thing: clocks, ids, durations, this checkout's digests and paths. */
function steady(text: string, folder: string): string {
  return text
    .replaceAll(folder, '.')
    .replaceAll(process.cwd(), '<kernward>')
    .replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z/g, '<time>')
    .replace(/^\d{4}-\d{2}-\d{2}(?=,)/gm, '<day>')
    .replace(/("runId":\s?")[0-9a-f]+/g, '$1<id>')
    .replace(/\b(the run )[0-9a-f]{16}\b/g, '$1<id>')
    .replace(/("sha256":\s?")[0-9a-f]{64}/g, '$1<sha256>')
    .replace(/("tookMs":\s?)\d+/g, '$1<ms>')
    .replace(/took \d+(\.\d+)? (ms|s|min)/g, 'took <time>');
}

/** Splits on blanks; 'single quotes' keep them. */
function words(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

function show(list: readonly Section[]): string {
  return list.map(({ head, body }) => `--- ${head}\n${body}`).join('');
}

/** A command's first run is one of a process of its own: what it needs is loaded for it, and for nothing before it. */
const known = new Set<string | undefined>();

async function ended(folder: string, args: readonly string[]): Promise<Ended> {
  const env = { TZ: 'Asia/Kathmandu', LC_ALL: 'C.UTF-8', KERNWARD_AS_OF: '2026-08-22' };
  if (known.has(args[0])) return runWarm(folder, args, env);
  known.add(args[0]);
  return startKernward(folder, args, env).ended;
}

async function answered(section: Section, folder: string): Promise<Section[]> {
  if (section.head.startsWith('$ ')) {
    const [name, ...args] = words(section.head.slice(2));
    assert.equal(name, 'kernward', 'a case runs kernward and nothing else');
    const { status, stdout, stderr } = await ended(folder, args);
    return [
      section,
      { head: `exit ${status}`, body: '' },
      { head: 'stdout', body: steady(stdout, folder) },
      { head: 'stderr', body: steady(stderr, folder) },
    ];
  }
  if (/^(exit \d+|stdout|stderr)$/.test(section.head)) return [];
  const file = join(folder, section.head);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, section.body);
  return [section];
}

async function run(list: readonly Section[]): Promise<Section[]> {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-case-'));
  try {
    for (const name of readdirSync(HOSTS)) copyFileSync(join(HOSTS, name), join(folder, name));
    const sections: Section[] = [];
    for (const section of list) sections.push(...(await answered(section, folder)));
    return sections;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const name of readdirSync(CASES).toSorted()) {
  test(name, async () => {
    const path = join(CASES, name);
    const written = readFileSync(path, 'utf8');
    const note = written.slice(0, written.indexOf('--- '));
    const got = note + show(await run(sections(written)));
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, got);
    else assert.equal(got, written);
  });
}
