import { testWays } from '../support/over-jump-hosts.js';

void testWays('ssh2');
