import { pathOf, type Imported, type Comparison } from './comparison.js';

const BEGIN = /^\s*describe[\s(]+kernel_parameter\(\s*(['"])([^'"]+)\1\s*\)\s*\)?\s+do\s*(?:#.*)?$/;
const ITS = /^\s*its[\s(]+(?::value|['"]value['"])\)?\s*\{\s*should\s+(.*?)\s*\}\s*(?:#.*)?$/;
/** `eq 0`, `cmp == 1`, `be >= 2`. */
const MATCHER =
  /^(?:(?:eq|cmp)\s*\(?\s*(?:(==|!=|<=|>=|<|>)\s*)?|be\s*\(?\s*(==|<=|>=|<|>)\s*)(['"]?)([\w.:-]+)\3\s*\)?$/;

const OPERATORS = ['==', '!=', '<', '<=', '>', '>='] as const;

function operatorOf(text: string | undefined): Comparison['operator'] {
  return OPERATORS.find((operator) => operator === text) ?? '==';
}

/**
 * `describe kernel_parameter('NAME') do … end` of a profile of InSpec, as far as it compares with a plain value. Ruby is not run.
 *
 * @see https://docs.chef.io/inspec/resources/kernel_parameter/
 */
export function fromInspec(text: string): Imported {
  const settings: Comparison[] = [];
  const left: { line: number; why: string }[] = [];
  let name: string | undefined;
  for (const [index, whole] of text.split('\n').entries()) {
    const line = index + 1;
    const content = whole.trim();
    const begun = BEGIN.exec(whole)?.[2];
    if (begun !== undefined) {
      name = begun;
      continue;
    }
    if (/^only_if\b/.test(content))
      left.push({ line, why: 'the condition only_if is not taken: the rules hold on every host' });
    if (/^describe\b/.test(content)) {
      name = undefined;
      left.push({ line, why: 'it is not about a kernel parameter that is named in quotes' });
      continue;
    }
    if (name === undefined || content === '' || content.startsWith('#')) continue;
    if (content === 'end') {
      name = undefined;
      continue;
    }
    const [, plain, be, , value] = MATCHER.exec(ITS.exec(whole)?.[1] ?? '') ?? [];
    if (value === undefined) left.push({ line, why: `${name} is not compared with a plain value` });
    else settings.push({ path: pathOf(name), operator: operatorOf(plain ?? be), value, line });
  }
  return { settings, left };
}
