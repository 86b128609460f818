import { type Climate, climateWords } from './sensor-story.ts';
import type { Story } from './story.ts';

/** The outcome of a run, as the last line of `--json`. */
export interface Summary {
  readonly telemetryPublished: number;
  readonly aggregatesPublished: number;
  readonly alarmsPublished: number;
  /** True only if the simulator itself saw its stop coil written. */
  readonly pumpStopped: boolean;
  /** By the simulator's clock: from the first limit crossed at a register to the stop coil written. */
  readonly reactionMs: number | null;
  readonly hostRssMb: number | null;
  readonly modules: readonly { id: string; state: string; restarts: number; events: number }[];
  /** The Bluetooth sensor, its link and its last values; null without one. */
  readonly sensor: ({ device: string; link: string; messages: number } & Climate) | null;
  /** Why there is no sensor, or no more. */
  readonly sensorMissing: string | null;
  readonly fault: string;
  readonly seconds: number;
}

export function summarise(story: Story, run: { fault: string; seconds: number }): Summary {
  return {
    telemetryPublished: story.arrived.telemetry,
    aggregatesPublished: story.arrived.statistics,
    alarmsPublished: story.arrived.alarms,
    pumpStopped: story.pump.stop !== undefined,
    reactionMs: story.pump.stop?.sinceLimitMs ?? null,
    hostRssMb: story.hostRssBytes === undefined ? null : Math.round(story.hostRssBytes / 104_857.6) / 10,
    modules: [...story.modules.values()].map(({ id, state, restarts, events }) => ({
      id,
      state,
      restarts,
      events: events.total,
    })),
    sensor: sensorOf(story),
    sensorMissing: story.sensorMissing ?? null,
    fault: run.fault,
    seconds: Math.round(run.seconds * 10) / 10,
  };
}

function sensorOf({ sensor }: Story): Summary['sensor'] {
  if (sensor === undefined) return null;
  const { device, link, messages, climate } = sensor;
  return { device, link, messages, ...climate };
}

/** The outcome for people, in a few lines. */
export function summaryText(summary: Summary): string {
  const reaction =
    summary.reactionMs === null ? '' : `, ${Math.round(summary.reactionMs)} ms after a limit was crossed`;
  const modules = summary.modules
    .map(({ id, restarts }) => (restarts === 0 ? id : `${id} (${restarts} restarts)`))
    .join(', ');
  return [
    summary.pumpStopped ? `The pump was stopped at the edge${reaction}.` : 'The pump was not stopped.',
    `Upstream arrived ${summary.telemetryPublished} telemetry messages, ${summary.aggregatesPublished} aggregates and ${summary.alarmsPublished} alarms in ${summary.seconds} s.`,
    ...sensorText(summary),
    `Modules: ${modules === '' ? 'none' : modules}.${summary.hostRssMb === null ? '' : ` The host used ${summary.hostRssMb} MB.`}`,
    '',
  ].join('\n');
}

function sensorText({ sensor, sensorMissing }: Summary): string[] {
  if (sensorMissing !== null) return [`No Bluetooth sensor: ${sensorMissing}.`];
  if (sensor === null) return [];
  const climate = climateWords(sensor);
  return [`Bluetooth sensor ${sensor.device}: ${climate === '' ? 'no values' : climate}, ${sensor.messages} messages.`];
}
