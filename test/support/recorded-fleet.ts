import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { varyRecording } from '../../bench/vary-recording.js';
import { recordedHost } from '../../src/run/shipped/package-files.js';

/** Writes a recording for each name, no two alike, and gives what an inventory says of them: a line of a list each. */
export function writeRecordedHosts(folder: string, names: readonly string[], more = ''): string {
  const text = Buffer.from(recordedHost('debian-12') ?? new Uint8Array()).toString();
  if (text === '') throw new Error('the recorded host debian-12 is missing');
  mkdirSync(join(folder, 'recordings'), { recursive: true });
  return names
    .map((name, index) => {
      writeFileSync(join(folder, 'recordings', name), varyRecording(text, index));
      return `      - { name: ${name}, transport: recorded, recording: recordings/${name}${more} }\n`;
    })
    .join('');
}

/** A report or readings without what no two runs have in common. */
export function timeless(text: string): string {
  return text
    .replace(/("(?:tookMs|took_ms)": ?)\d+/g, '$10')
    .replace(/"(runId|startedAt|fromRun)": ?"[^"]*"/g, '"$1":""')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?/g, 'TIME')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?(?: UTC)?/g, 'TIME')
    .replace(/\b[0-9a-f]{16}\b/g, 'RUN')
    .replace(/\b\d+(?:\.\d+)?(?: ?m?s\b)/g, 'AWHILE')
    .replace(/ time="[\d.]+"/g, '')
    .replace(/(duration_seconds|timestamp_seconds)(\S*) [\d.e+]+/g, '$1$2 0');
}

/** The first line in which two texts differ, as each has it; undefined: they are the same. A page is too long to be shown as a whole. */
export function firstDifference(one: string, other: string): readonly [string, string] | undefined {
  if (one === other) return undefined;
  const [lines, others] = [one.split('\n'), other.split('\n')];
  const at = lines.findIndex((line, index) => line !== others[index]);
  const [line = '', otherLine = ''] = at < 0 ? ['', others[lines.length]] : [lines[at], others[at]];
  let same = 0;
  while (same < line.length && line[same] === otherLine[same]) same += 1;
  const from = Math.max(0, same - 60);
  return [line.slice(from, from + 200), otherLine.slice(from, from + 200)];
}
