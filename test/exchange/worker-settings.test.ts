import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadWorkerSettings } from '../../src/exchange/worker/load-settings.js';
import { renderDiagnostics } from '../../src/text/render-diagnostics.js';

const SECRET = 'hunter2';
for (const line of [
  `password: ${SECRET}`,
  `planKey: { pem: "-----BEGIN PRIVATE KEY-----${SECRET}" }`,
  `nats: { token: ${SECRET}, : [`,
])
  test(`a secret that was written into worker.yaml is not repeated: ${line}`, () => {
    const { value, diagnostics } = loadWorkerSettings({ file: 'worker.yaml', text: `${line}\n` }, (file) => file);
    assert.equal(value, undefined);
    const shown = renderDiagnostics(diagnostics, { colour: false }) + JSON.stringify(diagnostics);
    assert.ok(diagnostics.length > 0 && !shown.includes(SECRET), shown);
  });
