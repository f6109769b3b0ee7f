// Stands in for TypeScript's types of the DOM, which Preact's types ask for (`/// <reference lib="dom" />`). Without it every
// file here could name `window`, `name` or `status` and compile. Tags and attributes are checked all the same. The page's own
// script has the real ones: src/report/html/browser/tsconfig.json.
export type NoDom = never;
