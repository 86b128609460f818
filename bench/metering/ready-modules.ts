import { readFileSync } from 'node:fs';
import { block, TABLE } from '../../modules-as/test-lib/modbus-payloads.ts';
import { readmeExample } from '../../modules-as/test-lib/readme-example.ts';
import { answerFrame, desiredFrame, messageFrame, startFrame } from '../../sdk/test/lib/event-frames.ts';

/** A module as it is shipped, with the settings that its README gives for the pump. */
export interface ReadyModule {
  readonly name: string;
  readonly wasm: Uint8Array;
  /** The events before the first one that is measured. */
  readonly opening: readonly Uint8Array[];
  /** The events that are measured, over and over. */
  readonly events: readonly Uint8Array[];
}

/** One reading of so many is too hot. */
const HOT_EVERY = 50;
const READING = {
  device: 'pump',
  dischargePressure: 71.03,
  intakePressure: 13.5,
  motorCurrent: 7.12,
  strokeRate: 6.4,
  motorTemperature: 41.5,
  driveOn: 1,
};
const REGISTERS = [7103, 5001, 1350, 712, 640, 415, 500, 1, 16850, 26214, 100, 200, 0, 4711];

/** The whole modules that are measured, with the work that they do in the pump example. */
export function readyModules(): readonly ReadyModule[] {
  const reading = messageFrame({ isJson: true, body: JSON.stringify(READING) });
  const hot = messageFrame({ isJson: true, body: JSON.stringify({ ...READING, motorTemperature: 95 }) });
  const answer = Buffer.concat([block(TABLE.input, 0, REGISTERS), block(TABLE.coil, 0, [1, 0])]);
  return [
    readyModule('forward', {}, [messageFrame({ body: new Uint8Array(200) })]),
    readyModule('modbus-translate', pumpSettings('modbus-translate'), [answerFrame({ request: 1, payload: answer })]),
    readyModule('window-stats', { ...pumpSettings('window-stats'), time: 'arrival' }, [reading]),
    readyModule('anomaly-guard', guardSettings(), [...Array.from({ length: HOT_EVERY - 1 }, () => reading), hot]),
  ];
}

function readyModule(name: string, desired: object, events: readonly Uint8Array[]): ReadyModule {
  return {
    name,
    wasm: readFileSync(new URL(`../../modules-as/build/${name}.wasm`, import.meta.url)),
    opening: [startFrame(), desiredFrame({ body: JSON.stringify(desired) })],
    events,
  };
}

function pumpSettings(name: string): Record<string, unknown> {
  return readmeExample(name, 'pump')[0] as Record<string, unknown>;
}

/** The rules of the pump, and one that stops nothing and is raised and cleared again once in a while. */
function guardSettings(): Record<string, unknown> {
  const settings = pumpSettings('anomaly-guard');
  return { ...settings, rules: { ...(settings['rules'] as object), hot: { field: 'motorTemperature', high: 80 } } };
}
