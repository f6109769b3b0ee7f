/** `1 host`, `2 hosts`: a number with its noun. The plural is the noun with an s unless given. */
export function count(many: number, noun: string, plural = `${noun}s`): string {
  return `${many} ${many === 1 ? noun : plural}`;
}
