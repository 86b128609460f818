import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { AirError } from './air-error.ts';
import { CONTROL_BYTES_MAX, type ControlMessage, decodeControlMessage } from './control-message.ts';
import { LineSplitter } from './line-splitter.ts';

/** Does what a message asks for, and gives what its answer says besides `ok`. */
export type Perform = (message: ControlMessage) => Promise<Readonly<Record<string, unknown>>>;

/** Answers every line that comes with one line, in order, until the input ends. Empty lines are passed over. */
export async function serveControl(input: Readable, output: Writable, perform: Perform): Promise<void> {
  const splitter = new LineSplitter(CONTROL_BYTES_MAX);
  for await (const chunk of input) {
    for (const line of splitter.take(chunk as Buffer)) {
      if (line.toString().trim() === '') continue;
      const answer = JSON.stringify(await answerTo(line, perform));
      // Whoever sends without reading the answers is waited for, and so not read either.
      if (!output.write(`${answer}\n`)) await once(output, 'drain');
    }
  }
}

async function answerTo(line: Buffer, perform: Perform): Promise<Record<string, unknown>> {
  try {
    return { ok: true, ...(await perform(decodeControlMessage(line))) };
  } catch (error) {
    if (!(error instanceof AirError)) throw error;
    return { ok: false, code: error.code, ...error.details };
  }
}
