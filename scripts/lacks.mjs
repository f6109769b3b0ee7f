// What the machine lacks, from the set-up of the tests to their report: told first, apart from what the product did wrong.

const VARIABLE = 'KERNWARD_TEST_LACKS';

/** @param lacks what was not to be had: what for, what is missing, the command that brings it */
export function lacksAsVariable(lacks) {
  return { [VARIABLE]: JSON.stringify(lacks) };
}

/** One block; empty where nothing is lacking. */
export function lacksAsText(lacks = JSON.parse(process.env[VARIABLE] ?? '[]')) {
  if (lacks.length === 0) return '';
  const lines = lacks.flatMap(({ what, missing, command }) => [
    `  ${what}`,
    `    missing: ${missing}`,
    `    mend:    ${command}`,
  ]);
  return ['THIS MACHINE LACKS what these tests need; it is no fault of kernward that they did not run:', ...lines].join(
    '\n',
  );
}
