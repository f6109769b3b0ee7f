import { testWays } from '../setup/over-jump-hosts.js';

void testWays('ssh2');
