import { assertNonce, PROBE_PROTOCOL } from './shell.js';

/** What a host says when it is only asked whether it could be. */
export interface Examination {
  /** Seconds since 1970 by the host's clock; undefined: it did not say. */
  readonly clock: number | undefined;
}

/** In place of the probe: the same way in, the same first line, one process, and nothing read but the clock. */
export function examinationScript(nonce: string): string {
  assertNonce(nonce);
  return `kw='kernward ${PROBE_PROTOCOL} ${nonce}'
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin
echo
echo "kw ${nonce} begin doctor"
date -u +%s
echo "kw ${nonce} end doctor 0"
exit 0
`;
}

/**
 * What came back. A host whose forced command is the probe answers with the probe's frames: its shell is usable, and
 * its clock is not reported.
 *
 * @returns undefined where nothing in it is ours
 */
export function parseExamination(output: Uint8Array, nonce: string): Examination | undefined {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(output);
  const own = new RegExp(`^kw ${nonce} begin doctor\\n(?<clock>[0-9]{1,12})\\nkw ${nonce} end doctor 0\\n`, 'm').exec(
    text,
  )?.groups?.['clock'];
  if (own !== undefined) return { clock: Number(own) };
  return new RegExp(`^kw ${nonce} begin [a-z]+\\n`, 'm').test(text) ? { clock: undefined } : undefined;
}
