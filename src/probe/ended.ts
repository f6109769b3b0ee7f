/** How the command that printed an output ended: by itself, by its deadline, or with more than is taken. */
export type Ended = 'complete' | 'timed-out' | 'truncated';
