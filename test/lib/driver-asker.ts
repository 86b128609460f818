import type { JsonObject } from '../../host/src/json/index.ts';
import { listenerWasm } from './listener.ts';
import { TestGateway } from './test-gateway.ts';
import { until } from './until.ts';

const START_DEADLINE_MS = 30_000;

/** A gateway with one module that asks a device when a message comes, and one that hears what it says of the answers. */
export class DriverAsker {
  readonly host: TestGateway;

  private constructor(host: TestGateway) {
    this.host = host;
  }

  static async open(
    wasm: Uint8Array,
    settings: {
      readonly grants: Readonly<Record<string, unknown>>;
      readonly gateway?: Readonly<Record<string, unknown>>;
    },
  ): Promise<DriverAsker> {
    const host = await TestGateway.open({
      modules: { asker: { wasm, settings: { grants: settings.grants } }, listener: { wasm: listenerWasm() } },
      routes: {
        ask: 'FROM /messages/modules/$edgeAgent/outputs/ask INTO BrokeredEndpoint("/modules/asker/inputs/ask")',
        hear: 'FROM /messages/modules/asker/* INTO BrokeredEndpoint("/modules/listener/inputs/in")',
      },
      gateway: { deviceId: 'gw', ...settings.gateway },
    });
    try {
      for (const module of ['asker', 'listener']) await host.reaches(module, 'running', START_DEADLINE_MS);
    } catch (error) {
      await host.close();
      throw error;
    }
    return new DriverAsker(host);
  }

  ask(body: JsonObject): void {
    this.host.gateway.publish('ask', Buffer.from(JSON.stringify(body)), []);
  }

  /** Waits for a message of the module like this one. */
  async hears(what: string, isIt: (body: JsonObject) => boolean, timeoutMs?: number): Promise<JsonObject> {
    return until(
      what,
      () => {
        const body = this.host.gateway.reported('listener')['body'] as JsonObject | undefined;
        return body !== undefined && isIt(body) && body;
      },
      timeoutMs,
    );
  }

  /** Texts of the log about denied capabilities. */
  get denials(): string[] {
    return this.host.logs.filter(({ code }) => code === 'CAPABILITY_DENIED').map(({ text }) => text);
  }

  async close(): Promise<void> {
    await this.host.close();
  }
}
