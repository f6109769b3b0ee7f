/** What is named where no file was read: `-w`, `-i`, `--local`, `<stdin>`, and a program that printed the hosts. */
const NO_FILE = /^(?:$|-|<)| --list$/;
/** Standard input and pipes by their path. */
const NO_PLAIN_FILE = /^\/(?:dev|proc)\//;

/**
 * The file that a host is defined in, as a path that may be one of a repository; nothing where it cannot be. An absolute
 * path may: GitHub takes the folder of the checkout off it (`checkout_path` of github/codeql-action/upload-sarif).
 */
export function fileInRepository(file: string): string | undefined {
  if (NO_FILE.test(file) || NO_PLAIN_FILE.test(file)) return undefined;
  if (file.startsWith('/')) return file;
  const parts: string[] = [];
  for (const part of file.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length === 0 ? undefined : parts.join('/');
}
