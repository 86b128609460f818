import type { DemoArguments } from './arguments.ts';
import type { Demo } from './demo.ts';
import { narrate } from './narration.ts';
import { glyphsFor } from './view/glyphs.ts';
import { drawPicture } from './view/picture.ts';
import { Screen } from './view/screen.ts';

const FRAME_MS = 200;

/** What shows a demonstration while it runs. */
export interface DemoView {
  close(): void;
}

/** Shows the picture in the terminal, and calls `onQuit` for q, Escape and Ctrl-C. */
export function openLiveView(demo: Demo, options: DemoArguments, onQuit: () => void): DemoView {
  const glyphs = glyphsFor(process.env);
  const screen = Screen.open(process.stdout, options.color);
  const draw = (): void => {
    const { nowMs, story, brokerPort, deviceId } = demo;
    const narration = narrate(story, { ...options, nowMs });
    const { width, height } = screen;
    screen.show(drawPicture(story, narration, { width, height, nowMs, brokerPort, deviceId, glyphs }));
  };
  const keys = (chunk: Buffer): void => {
    if (['q', 'Q', '\x03', '\x1b'].includes(chunk.toString('latin1'))) onQuit();
  };
  const hasKeys = process.stdin.isTTY === true;
  if (hasKeys) {
    process.stdin.setRawMode(true);
    process.stdin.on('data', keys).resume();
  }
  const drawing = setInterval(draw, FRAME_MS);
  process.stdout.on('resize', draw);
  draw();
  return {
    close: () => {
      clearInterval(drawing);
      process.stdout.off('resize', draw);
      if (hasKeys) {
        process.stdin.off('data', keys).pause();
        process.stdin.setRawMode(false);
      }
      screen.close();
    },
  };
}
