/**
 * What the commands do. They import this file when one of them runs, so that a version or a help text loads none of it. It
 * is one file and not one a command: most of them need most of it, and each chunk that is loaded costs.
 *
 * What a history needs stands beside it (`history.ts`): few runs have one.
 */
export { blast } from './blast.js';
export { collect } from './collect.js';
export { printCollector } from './collector.js';
export { demo } from './demo.js';
export { diff } from './diff.js';
export { doctor } from './doctor.js';
export { evaluate } from './eval.js';
export { explain } from './explain.js';
export { listFacts, printScripts } from './facts.js';
export { checkFixes, createFix, listFixes, showFix } from './fix.js';
export { checkInventory, drawInventory, listInventory, showHost } from './inventory.js';
export {
  createPolicy,
  importPolicy,
  lintFiles,
  listRules,
  printRulesPage,
  printSchema,
  showRule,
  testFiles,
} from './policy.js';
export { listValues } from './list-values.js';
export { remediate } from './remediate.js';
export { renderAgain } from './report.js';
export { listHosts, scan } from './scan.js';
export { printVersion } from './version.js';
export { writeError } from '../terminal/tell-diagnostics.js';
