import type { Controller } from './controller.ts';
import { STATUS, type Status } from './hci-codes.ts';

/** How a command ends: its status, what it returns, and what happens once the host has been answered. */
export interface CommandOutcome {
  readonly status: Status;
  readonly result?: Buffer;
  readonly afterwards?: () => void;
}

export interface Command {
  /** Exact length of the parameters; anything else is refused. */
  readonly parameterBytes: number;
  /** `complete` when the answer is the end, `status` when another event tells the end. */
  readonly answer: 'complete' | 'status';
  /** `parameters` are only valid during the call. */
  readonly run: (controller: Controller, parameters: Buffer) => CommandOutcome;
}

/** A command that is over when it is answered. */
export const complete = (parameterBytes: number, run: Command['run']): Command => ({
  parameterBytes,
  answer: 'complete',
  run,
});

/** A command whose end another event tells. */
export const pending = (parameterBytes: number, run: Command['run']): Command => ({
  parameterBytes,
  answer: 'status',
  run,
});

/** A command that changes nothing and always returns the same bytes. */
export const constant = (parameterBytes: number, ...result: number[]): Command =>
  complete(parameterBytes, () => done(Buffer.from(result)));

export const refused = (status: Status): CommandOutcome => ({ status });

export const done = (result: Buffer = Buffer.alloc(0)): CommandOutcome => ({ status: STATUS.success, result });

export const doneThen = (afterwards: () => void): CommandOutcome => ({ status: STATUS.success, afterwards });
