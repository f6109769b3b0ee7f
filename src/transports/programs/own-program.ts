import { isSea } from 'node:sea';

/** Is this the single executable, which has no files beside it and no Node.js but its own? */
export const IS_EXECUTABLE = isSea();

const MARK = '__program:';

/**
 * What is given to the executable of this process so that it runs another program of kernward's: the program's file, or its
 * name, where all of them are in the one executable.
 */
export function ownProgram(name: string, file: string): string {
  return IS_EXECUTABLE ? MARK + name : file;
}

/** The program that the executable was started as; undefined: the command. */
export function askedProgram(word: string | undefined): string | undefined {
  return word?.startsWith(MARK) === true ? word.slice(MARK.length) : undefined;
}
