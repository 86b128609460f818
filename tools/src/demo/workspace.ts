import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export interface WorkspaceOptions {
  /** Folder of the example: holds `deployment.json` and `gateway.json`. */
  readonly example: string;
  readonly brokerPort: number;
  readonly pumpPort: number;
  readonly keepFaulty: boolean;
  /** Serial port of a Bluetooth adapter; with it the example's `sensor.json` is added. */
  readonly bluetoothPort?: string | undefined;
}

/** The parts of the two files that the demonstration changes. */
interface GatewayTemplate {
  uplink: { url: string };
  bluetooth?: { port: string };
  devices: { pump: { host: string; port: number } };
}
/** What the sensor adds to each of the two files. */
interface SensorTemplate {
  gateway: object;
  deployment: object;
}
interface DeploymentTemplate {
  modulesContent: {
    $edgeAgent: {
      'properties.desired': {
        modules: Record<
          string,
          { settings: { image: string; grants?: { modbus?: { write?: string[]; failSafe?: unknown }[] } } }
        >;
      };
    };
  };
}

/** Module of the example that listens to the Bluetooth sensor. */
export const SENSORS = 'sensors';
/** That sensor, as the gateway's configuration names it. */
export const SENSOR_DEVICE = 'pump-house';

/** Module of the example that may write the stop coil. */
export const GUARD = 'guard';

/** The two files the host reads, in a folder of their own for as long as the demonstration runs. */
export class Workspace {
  readonly deployment: string;
  readonly gateway: string;
  /** Id of the gateway's device at the hub. */
  readonly deviceId: string;
  /** Size of each module's file by the module's id; undefined where there is none. */
  readonly moduleBytes: ReadonlyMap<string, number | undefined>;
  readonly #folder: string;

  private constructor(folder: string, deviceId: string, moduleBytes: ReadonlyMap<string, number | undefined>) {
    this.#folder = folder;
    this.deployment = join(folder, 'deployment.json');
    this.gateway = join(folder, 'gateway.json');
    this.deviceId = deviceId;
    this.moduleBytes = moduleBytes;
  }

  /** Writes both files: the example's, with the ports of this run, and with absolute paths of the modules. */
  static create(options: WorkspaceOptions): Workspace {
    const file = join(options.example, 'deployment.json');
    let gateway = readJson<GatewayTemplate & { deviceId: string }>(join(options.example, 'gateway.json'));
    let deployment = readJson<DeploymentTemplate>(file);
    if (options.bluetoothPort !== undefined) {
      const sensor = readJson<SensorTemplate>(join(options.example, 'sensor.json'));
      gateway = { ...merged(gateway, sensor.gateway), bluetooth: { port: options.bluetoothPort } };
      deployment = merged(deployment, sensor.deployment);
    }
    gateway.uplink.url = `mqtt://127.0.0.1:${options.brokerPort}`;
    gateway.devices.pump.host = '127.0.0.1';
    gateway.devices.pump.port = options.pumpPort;
    const { modules } = deployment.modulesContent.$edgeAgent['properties.desired'];
    for (const { settings } of Object.values(modules)) settings.image = resolve(dirname(file), settings.image);
    if (options.keepFaulty) {
      for (const grant of modules[GUARD]?.settings.grants?.modbus ?? []) {
        grant.write = [];
        delete grant.failSafe;
      }
    }
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-demo-'));
    const bytes = Object.entries(modules).map(
      ([id, { settings }]) => [id, statSync(settings.image, { throwIfNoEntry: false })?.size] as const,
    );
    const workspace = new Workspace(folder, gateway.deviceId, new Map(bytes));
    writeFileSync(workspace.gateway, JSON.stringify(gateway, null, 2));
    writeFileSync(workspace.deployment, JSON.stringify(deployment, null, 2));
    return workspace;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The first with the members of the second; objects that are in both are merged in the same way. */
function merged<Value extends object>(base: Value, more: object): Value {
  const result = { ...base } as Record<string, unknown>;
  for (const [key, value] of Object.entries(more)) {
    const before = result[key];
    const areObjects = typeof before === 'object' && before !== null && typeof value === 'object' && value !== null;
    result[key] = areObjects ? merged(before, value) : value;
  }
  return result as Value;
}

function readJson<Value>(file: string): Value {
  return JSON.parse(readFileSync(file, 'utf8')) as Value;
}
