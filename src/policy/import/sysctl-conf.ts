import { pathOf, type Imported, type Comparison } from './comparison.js';

/**
 * Each line of a file for sysctl.d(5). Of a name that is set twice the last line counts, as there.
 *
 * @see https://manpages.debian.org/bookworm/systemd/sysctl.d.5.en.html
 */
export function fromSysctlConf(text: string): Imported {
  const settings = new Map<string, Comparison>();
  const left: { line: number; why: string }[] = [];
  for (const [index, whole] of text.split('\n').entries()) {
    const line = index + 1;
    const content = whole.trim();
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue;
    const [, name = '', value = ''] = /^-?\s*([^\s=]+)\s*=\s*([^]*)$/.exec(content) ?? [];
    if (name === '' || value === '') left.push({ line, why: 'it is not NAME = VALUE' });
    else if (/[*?[\]{}]/.test(name)) left.push({ line, why: `${name} is a pattern` });
    else {
      const path = pathOf(name);
      const before = settings.get(path);
      if (before !== undefined) left.push({ line: before.line, why: `line ${line} sets it again` });
      settings.set(path, { path, operator: '==', value, line });
    }
  }
  return { settings: [...settings.values()], left };
}
