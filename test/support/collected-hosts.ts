/** The lines of hosts of what `kernward collect` wrote, without its header and its end; whoever takes them says what they are. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- each test reads other fields of a host
export function collectedHosts<Host>(text: string): readonly Host[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line))
    .filter((json) => !Object.hasOwn(json, 'kind'));
}
