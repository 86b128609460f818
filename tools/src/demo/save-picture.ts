// Runs the demonstration and saves what the terminal would show after some seconds, for the documents:
// node --import tsx tools/src/demo/save-picture.ts docs/images/npm-start.svg [seconds]
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseDemoArguments } from './arguments.ts';
import { Demo } from './demo.ts';
import { narrate } from './narration.ts';
import { toSvg } from './svg.ts';
import { glyphsFor } from './view/glyphs.ts';
import { drawPicture } from './view/picture.ts';

const WIDTH = 100;
const HEIGHT = 32;
const [file = 'docs/images/npm-start.svg', seconds = '27'] = process.argv.slice(2);

const options = parseDemoArguments([]);
if (options === 'help') throw new Error('no arguments, no help');
const demo = Demo.create(options);
try {
  await demo.start();
  await Promise.race([new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000)), demo.lost]);
  const { nowMs, story, brokerPort, deviceId } = demo;
  const glyphs = glyphsFor({ LANG: 'C.UTF-8' });
  const picture = drawPicture(story, narrate(story, { ...options, nowMs }), {
    ...{ width: WIDTH, height: HEIGHT, nowMs, brokerPort, deviceId, glyphs },
  });
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, toSvg(picture, WIDTH));
} finally {
  await demo.close();
}
