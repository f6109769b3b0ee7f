/** How many hours lie between two moments, each as ISO 8601 with its zone. */
export function hoursBetween(first: string, last: string): number {
  return (Date.parse(last) - Date.parse(first)) / 3_600_000;
}
