import type { UplinkConfig } from '../../../host/src/configuration/gateway.ts';
import {
  systemEnvironment,
  UPLINK_TIMING,
  type UplinkEnvironment,
  type UplinkTiming,
} from '../../../host/src/uplink/environment.ts';
import { type Identity, Uplink } from '../../../host/src/uplink/index.ts';
import { until } from '../../lib/until.ts';

/** An uplink with short delays, and all that it has told. */
export class ObservedUplink {
  readonly uplink: Uplink;
  /** `identity state [code]`, in order. */
  readonly states: string[] = [];
  /** `identity code`. */
  readonly lost: string[] = [];

  constructor(
    config: Partial<UplinkConfig> & { url: string },
    timing: Partial<UplinkTiming> = {},
    more: Partial<UplinkEnvironment> = {},
  ) {
    const full: UplinkConfig = {
      hostName: 'hub',
      authentication: { type: 'none' },
      queueBytes: 1_048_576,
      keepAliveSeconds: 60,
      connections: 'auto',
      ...config,
    };
    const backOff = { ceilingsMs: [100], wellAfterMs: 1_000 };
    const environment = { ...systemEnvironment, ...more, timing: { ...UPLINK_TIMING, backOff, ...timing } };
    const name = ({ deviceId, moduleId }: Identity) => (moduleId === undefined ? deviceId : `${deviceId}/${moduleId}`);
    this.uplink = Uplink.open(
      full,
      'pump-7',
      {
        stateChanged: (identity, state, error) =>
          this.states.push([name(identity), state, ...(error ? [error.code] : [])].join(' ')),
        messagesLost: (identity, error) => this.lost.push(`${name(identity)} ${error.code}`),
      },
      { environment },
    );
  }

  /** Sends text from a module, or from the device without one. */
  send(moduleId: string | undefined, text: string): void {
    const identity = moduleId === undefined ? { deviceId: 'pump-7' } : { deviceId: 'pump-7', moduleId };
    this.uplink.send(identity, {
      body: Buffer.from(text),
      properties: [['$.ct', 'text/plain']],
      output: 'o',
      priority: 0,
    });
  }

  state(expected: string): Promise<unknown> {
    return until(`"${expected}" after ${JSON.stringify(this.states)}`, () => this.states.includes(expected));
  }

  acknowledged(count: number): Promise<unknown> {
    return until(`${count} messages acknowledged`, () => this.uplink.status().sent === count, 20_000);
  }
}

/** Runs a test with an uplink, and closes it. */
export async function withUplink(
  config: Partial<UplinkConfig> & { url: string },
  body: (observed: ObservedUplink) => Promise<void>,
  timing: Partial<UplinkTiming> = {},
  more: Partial<UplinkEnvironment> = {},
): Promise<void> {
  const observed = new ObservedUplink(config, timing, more);
  try {
    await body(observed);
  } finally {
    await observed.uplink.close();
  }
}
