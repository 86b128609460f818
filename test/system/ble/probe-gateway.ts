import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Status } from '../../../host/src/abi/constants.ts';
import type { JsonObject, JsonValue } from '../../../host/src/json/value.ts';
import { compileAssemblyFile } from '../../../tools/src/module-build/index.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { until } from '../../lib/until.ts';
import type { Adapters, Lab } from './lab.ts';
import { LEAF } from './leaf-services.ts';

const PROBE = fileURLToPath(new URL('../../../sdk/test/assembly/ble-probe.ts', import.meta.url));

let file: Promise<string> | undefined;
/** Compiles the module once. */
const compiled = (): Promise<string> => {
  file ??= compileAssemblyFile(PROBE, { target: 'release' });
  return file;
};

export interface ProbeAnswer {
  readonly request: number;
  readonly status: Status;
  readonly detail: number;
  readonly payload: Buffer;
}

export interface ProbeParts {
  /** Devices of `gateway.json` besides `leaf-N` for each of these controllers. */
  readonly leaves: readonly number[];
  readonly devices?: Readonly<Record<string, JsonValue>>;
  readonly peer?: Readonly<Record<string, JsonValue>>;
  readonly grants?: readonly JsonValue[];
  readonly connections?: number;
  readonly limits?: Readonly<Record<string, number>>;
}

export const placeOf = (characteristic: string): string => `${LEAF.service}/${characteristic}`;
/** Address of the host behind a controller of the air. */
export const addressOf = (controller: number): string =>
  `00:AA:01:00:00:${controller.toString(16).toUpperCase().padStart(2, '0')}`;

/** A whole gateway behind controller 0 of a lab, with a module that asks what a test wants. */
export class ProbeGateway {
  readonly host: TestGateway;
  /** Everything that the module was told, in its order. */
  readonly answers: ProbeAnswer[] = [];

  private constructor(host: TestGateway) {
    this.host = host;
  }

  static async run(lab: Lab<Adapters>, parts: ProbeParts, body: (probe: ProbeGateway) => Promise<void>): Promise<void> {
    const probe = await ProbeGateway.#open(lab, parts);
    try {
      await body(probe);
    } catch (error) {
      const said = probe.host.logs.slice(-20).map(({ module, text }) => `${module ?? 'host'}: ${text}`);
      throw new Error(`${(error as Error).message}; the gateway said:\n${said.join('\n')}`, { cause: error });
    } finally {
      await probe.host.close();
    }
  }

  static async #open(lab: Lab<Adapters>, parts: ProbeParts): Promise<ProbeGateway> {
    const { leaves, devices = {}, peer = {}, grants = [], connections = 8, limits = {} } = parts;
    const own = leaves.map((leaf) => [`leaf-${leaf}`, { type: 'ble', address: addressOf(leaf), ...peer }] as const);
    const places = [LEAF.service];
    const host = await TestGateway.open({
      modules: {
        m: {
          wasm: readFileSync(await compiled()),
          settings: {
            grants: {
              ble: [
                ...own.map(([device]) => ({ device, read: places, write: places, notify: places })),
                ...grants,
              ] as JsonValue,
            },
            limits,
          },
        },
      },
      routes: {},
      gateway: {
        deviceId: 'gw',
        bluetooth: { port: lab.server.ttyPath(0), baudRate: 1_000_000, connections },
        devices: { ...Object.fromEntries(own), ...devices },
      },
    });
    await host.reaches('m', 'running');
    return new ProbeGateway(host);
  }

  /** Lets the module ask; gives the id of its request, or the status with which it was refused. */
  async ask(method: string, payload: JsonObject): Promise<number> {
    const { payload: answer } = await this.host.gateway.invokeMethod('m', method, payload);
    return (answer as { request: number }).request;
  }

  /** Lets the module ask, and waits for the answer. */
  async answered(method: string, payload: JsonObject): Promise<ProbeAnswer> {
    return this.answerTo(await this.ask(method, payload));
  }

  answerTo(request: number, index = 0): Promise<ProbeAnswer> {
    return this.until(`answer ${index} to request ${request}`, () => this.answersTo(request)[index]);
  }

  answersTo(request: number): ProbeAnswer[] {
    return this.answers.filter((answer) => answer.request === request);
  }

  /** Waits until what the module was told is what the condition wants. */
  async until<T>(what: string, condition: () => T | undefined | false, timeoutMs?: number): Promise<T> {
    return until(
      what,
      async () => {
        await this.#take();
        return condition();
      },
      timeoutMs,
    );
  }

  async device(name: string): Promise<Record<string, unknown>> {
    return (await this.host.gateway.status()).devices[name] as Record<string, unknown>;
  }

  async #take(): Promise<void> {
    const { payload } = await this.host.gateway.invokeMethod('m', 'take', {});
    const { answers } = payload as unknown as { answers: [number, Status, number, string][] };
    for (const [request, status, detail, hex] of answers)
      this.answers.push({ request, status, detail, payload: Buffer.from(hex, 'hex') });
  }
}
