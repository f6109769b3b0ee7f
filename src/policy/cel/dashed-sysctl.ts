const DASHED = /\bsysctl(?:\.[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*)+/g;

/**
 * The way out where somebody wrote a sysctl whose name has a dash, which an expression takes for a minus:
 * `sysctl.fs.aio-max-nr`.
 *
 * @param at a place in it
 * @returns undefined where no such name stands there
 */
export function helpForDashedSysctl(source: string, at: number): string | undefined {
  const found = [...source.matchAll(DASHED)].find(({ 0: name, index }) => index <= at && at < index + name.length);
  if (found === undefined || !found[0].includes('-')) return undefined;
  const [, ...names] = found[0].split('.');
  return [
    'a dash is a minus here: declare it at the top of this policy under a name without one, and read that',
    'facts:',
    `  sysctl.${names.join('.').replaceAll('-', '_')}:`,
    `    path: /proc/sys/${names.join('/')}`,
    '    type: int',
  ].join('\n');
}
