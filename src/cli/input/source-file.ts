import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { toLoaded, type Diagnostic, type Loaded } from '../../model/diagnostic.js';
import type { TextFile } from '../../text/text-file.js';
import { TooLarge } from '../../transports/read-file.js';
import { readInput } from './read-input.js';

/** Larger than any honest inventory of 100,000 hosts; the YAML reader has its own, smaller cap. */
export const MAX_BYTES = 64 * 1024 * 1024;

/** For what kernward writes itself and reads as a whole: 10,000 hosts are 280 MB of JSON. Node's longest string is 512 MiB. */
export const MAX_REPORT_BYTES = 500 * 1024 * 1024;

export function unreadableFile(file: string, thrown: unknown): Diagnostic {
  return {
    code: 'input/unreadable',
    severity: 'error',
    message: `${file} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    help: thrown instanceof TooLarge ? 'split it: fewer hosts in one file' : 'check the path and its permissions',
  };
}

function readOne(file: string, maxBytes: number): TextFile {
  return { file: file === '-' ? '<stdin>' : file, text: readInput(file, maxBytes) };
}

function yamlFilesIn(path: string): string[] {
  return path !== '-' && statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => name.endsWith('.yaml') || name.endsWith('.yml'))
        .toSorted()
        .map((name) => join(path, name))
    : [path];
}

/** Reads every file named, every YAML file of a folder named, and standard input for `-`. All failures are collected. */
export function readSources(paths: readonly string[], maxBytes = MAX_BYTES): Loaded<readonly TextFile[]> {
  const value: TextFile[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const path of paths) {
    try {
      const files = yamlFilesIn(path);
      if (files.length === 0) throw new Error('it is a folder without a .yaml file');
      for (const file of files) {
        try {
          value.push(readOne(file, maxBytes));
        } catch (thrown) {
          diagnostics.push(unreadableFile(file, thrown));
        }
      }
    } catch (thrown) {
      diagnostics.push(unreadableFile(path, thrown));
    }
  }
  return toLoaded(value, diagnostics);
}
