import { createInterface } from 'node:readline';

/** Asks on the terminal; only `y` and `yes` are a yes. The end of the input, and Ctrl-C, are a no. */
export function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    let isAnswered = false;
    terminal.once('close', () => {
      if (!isAnswered) process.stderr.write('\n');
      resolve(false);
    });
    terminal.question(`${question} [y/N] `, (answer) => {
      isAnswered = true;
      resolve(/^y(es)?$/i.test(answer.trim()));
      terminal.close();
    });
  });
}
