/**
 * Writes the generated files: JSON Schemas and reference pages. `--check` writes nothing and fails where one is stale.
 * They are committed, so that an editor and a reader have them without a build.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { factsPage } from '../src/facts/reference-page.js';
import { readingsSchema } from '../src/facts/schema.js';
import { InventorySchema } from '../src/inventory/native/schema.js';
import { DUMP_FACTS } from '../src/kernel/crashkernel-size.js';
import { NEXT_BOOT_FACTS } from '../src/kernel/next-boot/facts.js';
import { nextKernelFacts } from '../src/kernel/next-boot/kernel-facts.js';
import { NEXT_BOOT_OUTCOME_FACTS } from '../src/kernel/next-boot/outcome-facts.js';
import { fixFacts } from '../src/kernel/fixes/facts.js';
import { KernelFixSchema } from '../src/kernel/fixes/schema.js';
import { familiesPage } from '../src/kernel/families/reference-page.js';
import { kernelFixesPage } from '../src/kernel/fixes/reference-page.js';
import { OUTCOME_FACTS } from '../src/kernel/outcome/index.js';
import { supportFacts, TODAY } from '../src/kernel/support/facts.js';
import { SupportSchema } from '../src/kernel/support/schema.js';
import { rulesPage } from '../src/policy/rules-page.js';
import { PlanSchema, ShardSchema } from '../src/plan/plan-schema.js';
import { policySchemaWith } from '../src/policy/policy-schema.js';
import { ProfileSchema } from '../src/policy/schema.js';
import { NewsSchema } from '../src/news/schema.js';
import { TargetsSchema } from '../src/news/targets/schema.js';
import { DiffSchema } from '../src/report/diff/schema.js';
import { ReportSchema } from '../src/report/schema.js';
import { WorkerSettingsSchema } from '../src/exchange/worker/settings-schema.js';
import { DoctorSchema } from '../src/doctor/schema.js';
import { declaredFactsPage } from '../src/facts/declared/reference-page.js';
import { allFacts, loadRuleSet } from '../src/run/rule-set.js';
import { CollectedEndSchema, CollectedHeaderSchema } from '../src/run/collected-schema.js';
import { SavedHostSchema } from '../src/run/saved-host-schema.js';
import { WaiversSchema } from '../src/verdict/waivers/schema.js';
import { shippedFixes, shippedPolicies, shippedProfiles, shippedSupport } from '../src/run/shipped/package-files.js';
import { PACKAGE_ROOT } from '../src/run/shipped/package-root.js';
import { VERSION } from '../src/run/shipped/version.js';
import { manualPage } from '../src/cli/manual-page.js';
import { VersionSchema } from '../src/cli/output/version-schema.js';
import { program } from '../src/cli/program.js';
import { renderDiagnostics } from '../src/text/render-diagnostics.js';
import { pageAssets } from './page-assets.js';

const loaded = loadRuleSet({
  policies: shippedPolicies(),
  profiles: shippedProfiles(),
  known: [],
  fixes: shippedFixes(),
  support: shippedSupport(),
});
if (loaded.value === undefined) {
  console.error(renderDiagnostics(loaded.diagnostics, { colour: false }));
  process.exit(1);
}
const { policies, profiles, fixes } = loaded.value;

function schema(title: string, body: object): string {
  return `${JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...body }, undefined, 2)}\n`;
}

/** What the run itself knows: no probe reads it, and nothing computes it. */
const runFacts = `## Given by the run\n\n### \`${TODAY.id}\`\n\n${TODAY.title}.\n\n* value: text\n* known from: ${TODAY.sources.join('; ')}\n`;

const FILES: readonly { readonly path: string; readonly text: string }[] = [
  { path: 'schemas/inventory.schema.json', text: schema('kernward inventory', InventorySchema) },
  { path: 'schemas/policy.schema.json', text: schema('kernward policy', policySchemaWith(allFacts(fixes))) },
  { path: 'schemas/profile.schema.json', text: schema('kernward profile', ProfileSchema) },
  { path: 'schemas/kernel-fix.schema.json', text: schema('kernward known kernel fix', KernelFixSchema) },
  { path: 'schemas/support.schema.json', text: schema('kernward dates of support', SupportSchema) },
  { path: 'schemas/doctor.schema.json', text: schema('kernward doctor', DoctorSchema) },
  { path: 'schemas/diff.schema.json', text: schema('kernward diff', DiffSchema) },
  { path: 'schemas/version.schema.json', text: schema('kernward version', VersionSchema) },
  { path: 'schemas/waivers.schema.json', text: schema('kernward waivers', WaiversSchema) },
  { path: 'schemas/notify.schema.json', text: schema('kernward notify', TargetsSchema) },
  { path: 'schemas/worker.schema.json', text: schema('kernward worker', WorkerSettingsSchema) },
  { path: 'schemas/news.schema.json', text: schema('what kernward tells', NewsSchema) },
  { path: 'schemas/report.schema.json', text: schema('kernward report', ReportSchema) },
  {
    path: 'schemas/collected.schema.json',
    text: schema('one line of kernward collect', {
      anyOf: [CollectedHeaderSchema, SavedHostSchema, CollectedEndSchema],
    }),
  },
  { path: 'schemas/plan.schema.json', text: schema('kernward plan', { oneOf: [PlanSchema, ShardSchema] }) },
  { path: 'schemas/readings.schema.json', text: schema('readings of one host', readingsSchema(allFacts(fixes))) },
  { path: 'src/report/html/assets.ts', text: pageAssets(PACKAGE_ROOT) },
  {
    path: 'docs/reference/facts.md',
    text: `${factsPage([...OUTCOME_FACTS, ...NEXT_BOOT_FACTS, ...NEXT_BOOT_OUTCOME_FACTS, ...nextKernelFacts(fixes), ...DUMP_FACTS, ...fixFacts(fixes), ...supportFacts([])])}\n${runFacts}`,
  },
  { path: 'docs/reference/declared-facts.md', text: declaredFactsPage() },
  { path: 'docs/reference/families.md', text: familiesPage() },
  { path: 'man/kernward.1', text: manualPage(program(), VERSION) },
  { path: 'docs/reference/rules.md', text: rulesPage(policies, profiles) },
  { path: 'docs/reference/kernel-fixes.md', text: kernelFixesPage(fixes) },
];

function current(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // not there yet: stale all the same
  }
}

const isCheck = process.argv.includes('--check');
const stale = FILES.filter(({ path, text }) => current(join(PACKAGE_ROOT, path)) !== text);
for (const { path, text } of stale) {
  if (isCheck) console.error(`${path} is stale: run npm run generate and commit it`);
  else {
    mkdirSync(dirname(join(PACKAGE_ROOT, path)), { recursive: true });
    writeFileSync(join(PACKAGE_ROOT, path), text);
    console.log(`wrote ${path}`);
  }
}
if (isCheck && stale.length > 0) process.exit(1);
