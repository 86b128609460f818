import { numberOrNone, objectOf, textIn } from './json-fields.ts';
import type { StoryEvent } from './story-event.ts';

/** What is worth a line in the list of events. */
export type SensorNews = Omit<StoryEvent, 'atMs'>;

/** The last values of the sensor; undefined until the first one arrived. */
export interface Climate {
  temperatureCel?: number;
  humidityPct?: number;
  pressurePa?: number;
}

const NAMES = ['temperatureCel', 'humidityPct', 'pressurePa'] as const;

/** What is known of the Bluetooth sensor: the link by the host's status, the values by what arrived upstream. */
export class SensorStory {
  /** As the gateway's configuration names it. */
  readonly device: string;
  /** `waiting`, `connecting`, `linked` and so on, as the host says. */
  link = 'waiting';
  /** Messages that arrived upstream. */
  messages = 0;
  readonly climate: Climate = {};

  constructor(device: string) {
    this.device = device;
  }

  /** Takes in the host's status of all devices. */
  takeDevices(devices: Record<string, unknown>): SensorNews | undefined {
    const before = this.link;
    this.link = textIn(objectOf(devices[this.device]), 'state') || before;
    if (this.link === before) return undefined;
    if (this.link === 'linked')
      return { tone: 'good', source: 'host', text: `linked with ${this.device} by Bluetooth` };
    if (before === 'linked') return { tone: 'notice', source: 'host', text: `the link with ${this.device} is lost` };
    return undefined;
  }

  /** Takes in a message of the module that listens to it: one value each. */
  takeValues(body: Record<string, unknown>): SensorNews | undefined {
    for (const name of NAMES) {
      const value = numberOrNone(body, name);
      if (value !== undefined) this.climate[name] = value;
    }
    this.messages++;
    if (this.messages > 1) return undefined;
    return { tone: 'good', source: 'cloud', text: `the first value of ${this.device} arrived over MQTT` };
  }
}

/** Temperature, humidity and pressure in the units of people, as far as they are known. */
export function climateWords({ temperatureCel, humidityPct, pressurePa }: Climate): string {
  return [
    temperatureCel === undefined ? '' : `${temperatureCel.toFixed(1)} °C`,
    humidityPct === undefined ? '' : `${humidityPct.toFixed(0)} %`,
    pressurePa === undefined ? '' : `${(pressurePa / 100).toFixed(0)} hPa`,
  ]
    .filter((text) => text !== '')
    .join(', ');
}
