/** What people ask for by hand: see `index.ts`. */
export { blast } from './blast.js';
export { printCollector } from './collector.js';
export { demo } from './demo.js';
export { diff } from './diff.js';
export { dispatch } from './dispatch.js';
export { doctor } from './doctor.js';
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
export { makePlanOfFleet } from './plan.js';
export { remediate } from './remediate.js';
export { work } from './worker.js';
