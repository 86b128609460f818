import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export interface WorkspaceOptions {
  /** Folder of the example: holds `deployment.json` and `gateway.json`. */
  readonly example: string;
  readonly brokerPort: number;
  readonly pumpPort: number;
  readonly keepFaulty: boolean;
}

/** The parts of the two files that the demonstration changes. */
interface GatewayTemplate {
  uplink: { url: string };
  devices: { pump: { host: string; port: number } };
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
    const gateway = readJson<GatewayTemplate & { deviceId: string }>(join(options.example, 'gateway.json'));
    gateway.uplink.url = `mqtt://127.0.0.1:${options.brokerPort}`;
    gateway.devices.pump.host = '127.0.0.1';
    gateway.devices.pump.port = options.pumpPort;
    const file = join(options.example, 'deployment.json');
    const deployment = readJson<DeploymentTemplate>(file);
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

function readJson<Value>(file: string): Value {
  return JSON.parse(readFileSync(file, 'utf8')) as Value;
}
