import { faultWords } from './fault-words.ts';
import type { Story } from './story.ts';
import type { Tone } from './story-event.ts';

/** What is happening now, in words: one headline and up to three sentences behind it. */
export interface Narration {
  readonly tone: Tone;
  readonly headline: string;
  readonly sentences: readonly string[];
}

export interface NarrationOptions {
  readonly nowMs: number;
  readonly fault: string;
  readonly faultAfterSeconds: number;
  readonly keepFaulty: boolean;
}

const SETTLED_MS = 12_000; // after the stop, time enough to have seen pressures equalise

/** Tells the story so far. */
export function narrate(story: Story, options: NarrationOptions): Narration {
  const { pump } = story;
  if (story.firstTelemetryMs === undefined) return starting(story);
  if (pump.stop !== undefined) return stopped(story, options);
  if (pump.limit !== undefined) return outOfLimits(story, options);
  if (pump.fault !== undefined) return faulty(pump.fault.name, options);
  return well(story, options);
}

function starting(story: Story): Narration {
  const pump = story.pump.port === undefined ? 'starts' : 'runs';
  const running = [...story.modules.values()].filter(({ state }) => state === 'running').length;
  return {
    tone: 'plain',
    headline: 'Starting',
    sentences: [`The pump ${pump}, ${running} of ${story.modules.size} modules run, the first telemetry is awaited.`],
  };
}

function well(story: Story, { nowMs, fault, faultAfterSeconds }: NarrationOptions): Narration {
  const left = Math.ceil(faultAfterSeconds - nowMs / 1000);
  const rate = story.readings.get('strokeRate');
  const flow = story.readings.get('flow');
  const strokes = rate === undefined ? '' : `${rate.toFixed(0)} strokes a minute`;
  const litres = flow === undefined ? '' : `${flow.toFixed(0)} litres a minute`;
  const figures = [strokes, litres].filter((text) => text !== '').join(', ');
  const next =
    fault === 'none'
      ? 'Nothing is going to go wrong.'
      : `${capital(faultWords(fault))} ${left > 0 ? `in ${left} s` : 'any moment'}.`;
  return {
    tone: 'good',
    headline: 'The pump runs well',
    sentences: [
      `${figures === '' ? 'Its readings go' : `${capital(figures)}; readings go`} through four sandboxed modules. ${next}`,
    ],
  };
}

const FAULT_SENTENCE: Record<string, string> = {
  'gas-lock':
    'The plunger compresses gas instead of lifting liquid: discharge pressure and motor current fall, the well fills up.',
  'worn-valve':
    'The valve in the plunger leaks more and more: what is lifted falls back, and discharge pressure falls slowly.',
  'sensor-stuck': 'The discharge pressure in the register no longer moves, while the pump goes on well.',
  'comms-loss':
    'The pump no longer answers: the gateway drops the connection and tries again, and no reading is made up meanwhile.',
};

function faulty(fault: string, _options: NarrationOptions): Narration {
  return { tone: 'notice', headline: capital(faultWords(fault)), sentences: [FAULT_SENTENCE[fault] ?? ''] };
}

function outOfLimits(story: Story, { keepFaulty }: NarrationOptions): Narration {
  const limit = story.pump.limit!;
  const what = `${capital(spaced(limit.name))} is beyond its limit of ${limit.limit} ${limit.unit}`;
  if (!keepFaulty) return { tone: 'bad', headline: 'Out of limits', sentences: [`${what}.`] };
  const denied =
    story.denied.size > 0
      ? 'The guard asked to write the stop coil and was denied'
      : 'The guard may not write the stop coil';
  return {
    tone: 'bad',
    headline: 'The pump goes on',
    sentences: [`${what}. ${denied}: this deployment does not grant it, so nothing reached the pump.`],
  };
}

function stopped(story: Story, { nowMs }: NarrationOptions): Narration {
  const { stop, limit } = story.pump;
  const ms = stop?.sinceLimitMs;
  const why =
    limit === undefined ? '' : `${capital(spaced(limit.name))} left its limit of ${limit.limit} ${limit.unit}; `;
  const readBack = story.isStopConfirmed ? ' and read it back' : '';
  const alarms = story.arrived.alarms === 0 ? 'The alarm is on its way upstream.' : 'The alarm arrived upstream.';
  const isSettled = nowMs - (stop?.seenAtMs ?? nowMs) > SETTLED_MS;
  return {
    tone: 'good',
    headline: typeof ms === 'number' ? `Stopped at the edge in ${Math.round(ms)} ms` : 'Stopped at the edge',
    sentences: [
      `${why}the guard wrote the stop coil through its grant${readBack}, without asking anybody.`,
      isSettled ? `${alarms} The pressures above and below the plunger equalise.` : alarms,
    ],
  };
}

/** `dischargePressure` as people write it: discharge pressure. */
function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
