/** Below these stand files of variables: what they name is meant from the inventory beside them, as in it. */
const VARIABLES = /(?:^|(?<=\/))(?:group_vars|host_vars)\/.*$/;

/** A path as it is meant in an inventory: from the folder of its file; of `-w` and of standard input, from where kernward runs. */
export function besideFile(path: string, file: string): string {
  if (path.startsWith('/') || path.startsWith('~')) return path;
  const beside = file.replace(VARIABLES, '');
  return `${beside.slice(0, beside.lastIndexOf('/') + 1)}${path}`;
}
