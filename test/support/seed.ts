/**
 * Loaded before every test file. Properties run from one seed, so that a failure is the change's and not the dice's;
 * KERNWARD_SEED=n asks for another, and whoever looks for what nobody thought of changes it often.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['KERNWARD_SEED'] ?? 20_261_123) });
