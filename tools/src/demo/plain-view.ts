import type { DemoArguments } from './arguments.ts';
import type { Demo } from './demo.ts';
import type { DemoView } from './live-view.ts';
import { narrate } from './narration.ts';
import { climateWords } from './sensor-story.ts';
import type { StoryEvent } from './story-event.ts';
import { printable } from './view/text-width.ts';

const LOOK_MS = 100;
const PROGRESS_MS = 5_000;

/** Prints what happens line by line, for logs and pipes: each event once, and how things are every five seconds. */
export function openPlainView(demo: Demo, options: DemoArguments, write: (line: string) => void): DemoView {
  let lastEvent: StoryEvent | undefined;
  let headline = '';
  let progressMs = 0;
  const look = (): void => {
    const { story, nowMs } = demo;
    const { events } = story;
    for (const event of events.slice(lastEvent === undefined ? 0 : events.indexOf(lastEvent) + 1)) {
      write(`${seconds(event.atMs)}  ${event.source}: ${printable(event.text)}`);
      lastEvent = event;
    }
    const narration = narrate(story, { ...options, nowMs });
    if (narration.headline !== headline) {
      headline = narration.headline;
      write(`${seconds(nowMs)}  * ${headline}. ${narration.sentences.join(' ')}`);
    }
    if (nowMs - progressMs < PROGRESS_MS) return;
    progressMs = nowMs;
    const { telemetry, statistics, alarms } = story.arrived;
    const pressure = story.readings.get('dischargePressure');
    const pump = pressure === undefined ? '' : `, pressure above the plunger ${pressure.toFixed(1)} bar`;
    const climate = climateWords(story.sensor?.climate ?? {});
    const sensor = climate === '' ? '' : `; ${story.sensor?.device}: ${climate}`;
    write(
      `${seconds(nowMs)}  arrived upstream: ${telemetry} telemetry, ${statistics} aggregates, ${alarms} alarms${pump}${sensor}`,
    );
  };
  const looking = setInterval(look, LOOK_MS);
  return {
    close: () => {
      clearInterval(looking);
      look();
    },
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(6)} s`;
}
