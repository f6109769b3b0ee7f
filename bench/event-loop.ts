/** Loaded with `node --import`: says on stderr, at exit, for how long at most nothing else had its turn. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
function ms(nanoseconds: number): string {
  return (nanoseconds / 1e6).toFixed(0);
}

process.on('exit', () => {
  process.stderr.write(
    `event loop: held for ${ms(delay.max)} ms at most, ${ms(delay.percentile(99.9))} ms in one of 1000 turns\n`,
  );
});
