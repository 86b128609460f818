import type { DemoArguments } from './arguments.ts';
import { Demo } from './demo.ts';
import { type DemoView, openLiveView } from './live-view.ts';
import { openPlainView } from './plain-view.ts';
import { summarise, summaryText } from './summary.ts';

/** Runs the demonstration to its end and returns the exit code. */
export async function runDemo(options: DemoArguments, hostProgram?: readonly string[]): Promise<number> {
  const demo = Demo.create(options, hostProgram);
  let timer: NodeJS.Timeout | undefined;
  let view: DemoView | undefined;
  try {
    const ended = new Promise<'asked' | 'time'>((resolve) => {
      const onQuit = (): void => resolve('asked');
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onQuit);
      process.stdout.on('error', onQuit); // nobody reads any more
      if (options.seconds !== undefined) timer = setTimeout(() => resolve('time'), options.seconds * 1000);
      view = openView(demo, options, onQuit);
    });
    const how = await Promise.race([demo.start().then(() => ended), ended, demo.lost]);
    // The outcome is that of the running gateway: while it ends, modules send what they still have, and stop.
    const summary = summarise(demo.story, { fault: options.fault, seconds: demo.nowMs / 1000 });
    view?.close();
    view = undefined;
    await demo.close();
    process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : `\n${summaryText(summary)}`);
    return summary.pumpStopped || (how === 'asked' && !options.json) ? 0 : 1;
  } finally {
    clearTimeout(timer);
    view?.close();
    await demo.close();
  }
}

function openView(demo: Demo, options: DemoArguments, onQuit: () => void): DemoView {
  if (options.json) return openPlainView(demo, options, (line) => process.stderr.write(`${line}\n`));
  const isTerminal = process.stdout.isTTY === true && process.env['TERM'] !== 'dumb';
  if (isTerminal) return openLiveView(demo, options, onQuit);
  return openPlainView(demo, options, (line) => process.stdout.write(`${line}\n`));
}
