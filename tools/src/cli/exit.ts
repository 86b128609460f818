/** Exit codes of the command. `unconfirmed`: a write was sent, and nobody knows whether it took effect. */
export const EXIT = { done: 0, refused: 1, usage: 2, unconfirmed: 3 } as const;
