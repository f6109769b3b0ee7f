import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { toLoaded, type Diagnostic, type Loaded } from '../../model/diagnostic.js';
import type { TextFile } from '../../text/text-file.js';
import { errorCode } from '../../transports/error-detail.js';
import { NotUtf8, TooLarge } from '../../transports/read-file.js';
import { clean } from '../../text/clean.js';
import { readInput } from './read-input.js';

/** Larger than any honest inventory of 100,000 hosts; the YAML reader has its own, smaller cap. */
export const MAX_BYTES = 64 * 1024 * 1024;

/** For what kernward writes itself and reads as a whole: 10,000 hosts are 280 MB of JSON. Node's longest string is 512 MiB. */
export const MAX_REPORT_BYTES = 500 * 1024 * 1024;

/** The file that was meant where it is a link that leads nowhere: one of a folder, too. */
function deadLink(file: string, thrown: unknown): Diagnostic | undefined {
  const code = errorCode(thrown);
  if (code !== 'ENOENT' && code !== 'ELOOP') return undefined;
  const path = thrown instanceof Error && 'path' in thrown && typeof thrown.path === 'string' ? thrown.path : file;
  try {
    const target = readlinkSync(path);
    return {
      code: 'input/unreadable',
      severity: 'error',
      message:
        code === 'ELOOP'
          ? `${clean(path, 200)} is a link that leads round in a circle`
          : `${clean(path, 200)} is a link to ${clean(target, 200)}, and nothing is there`,
      help: 'bring back what it leads to, or remove the link: what it held is not read',
    };
  } catch {
    return undefined;
  }
}

export function unreadableFile(file: string, thrown: unknown): Diagnostic {
  const help =
    thrown instanceof NotUtf8
      ? thrown.help
      : thrown instanceof TooLarge
        ? 'split it: fewer hosts in one file'
        : 'check the path and its permissions';
  return (
    deadLink(file, thrown) ?? {
      code: 'input/unreadable',
      severity: 'error',
      message: `${file} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      help,
    }
  );
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
