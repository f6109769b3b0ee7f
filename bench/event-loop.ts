/** Loaded with `node --import`: says on stderr, at exit, what CPU the longest turns took, in which nothing else had its own. */
import { watchTurns } from './turn-cpu.js';

const turns = watchTurns();

process.on('exit', () => {
  const longest = turns.longest().map(({ ms, after }) => `${ms.toFixed(0)} (${(after / 1000).toFixed(1)} s)`);
  process.stderr.write(`event loop: CPU-ms of the longest turns, and after how much CPU: ${longest.join(', ')}\n`);
});
