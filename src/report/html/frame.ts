import { SCRIPT, SCRIPT_HASH, STYLE, STYLE_HASH } from './assets.js';

/**
 * Nothing is loaded, sent or run but the two texts below, by their digests. What a host says could not do anything even
 * if it got past the escaping.
 */
const POLICY = `default-src 'none'; style-src '${STYLE_HASH}'; script-src '${SCRIPT_HASH}'; base-uri 'none'; form-action 'none'`;

export const HEAD = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<style>${STYLE}</style>
`;

export const END = `<script>${SCRIPT}</script>
</body>
</html>
`;
