import { pathOf, type Imported, type Comparison } from './comparison.js';

// Of a line whose runs of blanks are one blank each, so that no pattern has to try where one ends.
const BEGIN = /^describe[ (]+kernel_parameter\( ?(['"])([^'"]+)\1 ?\) ?\)? ?do ?(?:#.*)?$/;
const ITS = /^its[ (]+(?::value|['"]value['"])\)? ?\{ ?should ([^{}#]*)\} ?(?:#.*)?$/;
/** `eq 0`, `cmp == 1`, `be >= 2`. */
const MATCHER = /^(?:(?:eq|cmp) ?\(? ?(?:(==|!=|<=|>=|<|>) ?)?|be ?\(? ?(==|<=|>=|<|>) ?)(['"]?)([\w.:-]+)\3 ?\)?$/;

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
    const content = whole.trim().replace(/\s+/g, ' ');
    const begun = BEGIN.exec(content)?.[2];
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
    const [, plain, be, , value] = MATCHER.exec(ITS.exec(content)?.[1]?.trim() ?? '') ?? [];
    if (value === undefined) left.push({ line, why: `${name} is not compared with a plain value` });
    else settings.push({ path: pathOf(name), operator: operatorOf(plain ?? be), value, line });
  }
  return { settings, left };
}
