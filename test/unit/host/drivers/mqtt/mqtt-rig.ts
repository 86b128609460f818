import type { Status } from '../../../../../host/src/abi/constants.ts';
import type { WriteAudit } from '../../../../../host/src/drivers/driver.ts';
import type { LeafMessage } from '../../../../../host/src/drivers/leaf-message.ts';
import type { MqttBrokerConfig, MqttConfig, MqttListenerConfig } from '../../../../../host/src/drivers/mqtt/config.ts';
import { MqttDriver, type MqttDriverOptions } from '../../../../../host/src/drivers/mqtt/mqtt-driver.ts';
import { encodeMqttRequest, type MqttRequest } from '../../../../../host/src/drivers/mqtt/request-codec.ts';
import { until } from '../../../../lib/until.ts';

export interface Arrived {
  readonly leaf: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface Attack {
  readonly leaf: string;
  readonly code: string;
  readonly text: string;
  readonly count: number;
}

type Options = Partial<Omit<MqttDriverOptions, 'devices' | 'events'>>;

/** The MQTT driver, with everything that leaf devices sent and that it said. The routes take as many messages as there is room for. */
export class MqttRig {
  readonly arrived: Arrived[] = [];
  readonly audits: WriteAudit[] = [];
  readonly logs: { readonly text: string; readonly code?: string | undefined }[] = [];
  readonly attacks: Attack[] = [];
  readonly driver: MqttDriver;
  room = Number.POSITIVE_INFINITY;
  #request = 0;

  constructor(devices: Readonly<Record<string, MqttConfig>>, options: Options = {}) {
    this.driver = new MqttDriver({
      deviceId: 'gw',
      readSecret: async (name) => `value-of-${name}`,
      ...options,
      devices,
      events: {
        log: (_level, text, code) => this.logs.push({ text, code }),
        denied: () => {},
        audit: (write) => this.audits.push(write),
        message: (message) => () => this.#take(message),
        attacked: (leaf, code, text, count) => this.attacks.push({ leaf, code, text, count }),
      },
    });
  }

  static async open(devices: Readonly<Record<string, MqttConfig>>, options: Options = {}): Promise<MqttRig> {
    const rig = new MqttRig(devices, options);
    await rig.driver.open();
    return rig;
  }

  get texts(): string[] {
    return this.arrived.map(({ text }) => text);
  }

  /** Publishes as a module does; resolves with the answer. */
  publish(
    device: string,
    topic: string,
    text: string,
    { module = 'm', ...changes }: Partial<MqttRequest> & { readonly module?: string } = {},
  ): Promise<{ readonly status: Status; readonly detail: number }> {
    const request = { topic, payload: Buffer.from(text), qos: 1, retain: false, expiryMs: 5_000, ...changes } as const;
    return new Promise((resolve) => {
      this.driver.request(
        { module, instance: 1, request: ++this.#request, answer: (status, detail) => resolve({ status, detail }) },
        encodeMqttRequest(request, device),
      );
    });
  }

  status(device: string): Record<string, unknown> {
    return this.driver.status()[device] as Record<string, unknown>;
  }

  close(): Promise<void> {
    return this.driver.close();
  }

  #take({ leaf, properties, body }: LeafMessage): boolean {
    if (this.room <= 0) return false;
    this.room--;
    this.arrived.push({ leaf, properties: Object.fromEntries(properties), text: Buffer.from(body).toString() });
    return true;
  }
}

/** A broker on loopback with short deadlines. */
export function brokerAt(port: number, changes: Partial<MqttBrokerConfig> = {}): MqttBrokerConfig {
  return {
    type: 'mqtt-broker',
    url: `mqtt://127.0.0.1:${port}`,
    version: '3.1.1',
    topics: [],
    keepAliveSeconds: 60,
    sessionSeconds: 3_600,
    packetBytes: 65_536,
    timeoutMs: 2_000,
    ...changes,
  };
}

/** A listener on any free port of loopback, with one user `boiler`. */
export function listenerOf(changes: Partial<MqttListenerConfig> = {}): MqttListenerConfig {
  return {
    type: 'mqtt-listener',
    host: '127.0.0.1',
    port: 0,
    users: { boiler: { password: { secret: 'BOILER' }, publish: ['boiler/#'], subscribe: ['boiler/cmd/#'] } },
    publish: [],
    subscribe: [],
    clients: 64,
    clientsPerUser: 8,
    packetBytes: 16_384,
    connectMs: 10_000,
    silenceSeconds: 600,
    ...changes,
  };
}

/** The port on which a listener of the rig listens. */
export const portOf = (rig: MqttRig, device: string): Promise<number> =>
  until(`${device} to listen`, () => rig.status(device)['port'] as number | undefined);
