import type { Status } from '../../../../../host/src/abi/constants.ts';
import type { WriteAudit } from '../../../../../host/src/drivers/driver.ts';
import type { ModbusServerConfig } from '../../../../../host/src/drivers/modbus-server/config.ts';
import type { ModbusServerGrant } from '../../../../../host/src/drivers/modbus-server/grant.ts';
import type {
  ListenerEvents,
  OpenListener,
  Peer,
  PeerEvents,
} from '../../../../../host/src/drivers/modbus-server/listener.ts';
import { ModbusServerDriver } from '../../../../../host/src/drivers/modbus-server/modbus-server-driver.ts';
import {
  encodeModbusServerRequest,
  type ModbusServerRequest,
} from '../../../../../host/src/drivers/modbus-server/request-codec.ts';
import { VirtualClock } from '../virtual-clock.ts';

export const serverConfig = (changes: Partial<ModbusServerConfig> = {}): ModbusServerConfig => ({
  ...{ type: 'modbus-server', host: '127.0.0.1', port: 1502, unitIds: [1], maxClients: 2, idleMs: 10_000 },
  ...{ requestsPerSecond: 100, staleAfterMs: 1_000, writeExpiryMs: 500 },
  ...changes,
});

/** A client whose bytes are the test's. */
export class FakeClient implements Peer {
  readonly address: string;
  readonly name: string;
  readonly answers: string[] = [];
  backlogBytes = 0;
  /** How the server ended it, or that it is not read at the moment. */
  state: 'open' | 'paused' | 'ended' | 'reset' = 'open';
  /** Answers stay with the host as if the client did not read. */
  isDeaf = false;
  events: PeerEvents | undefined;

  constructor(address: string, port: number) {
    this.address = address;
    this.name = `${address}:${port}`;
  }

  write(bytes: Uint8Array): void {
    if (this.isDeaf) this.backlogBytes += bytes.byteLength;
    this.answers.push(Buffer.from(bytes).toString('hex'));
  }

  pause(): void {
    this.state = 'paused';
  }

  resume(): void {
    this.state = 'open';
  }

  end(): void {
    this.state = 'ended';
  }

  reset(): void {
    this.state = 'reset';
  }

  /** Sends bytes, written in hexadecimal. */
  send(hex: string): void {
    this.events?.received(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  }

  /** The PDU of the answer to a PDU, both in hexadecimal. */
  ask(pdu: string, unitId = 1): string {
    const request = Buffer.from(pdu.replaceAll(' ', ''), 'hex');
    const head = Buffer.from([0, 7, 0, 0, 0, request.length + 1, unitId]);
    this.send(Buffer.concat([head, request]).toString('hex'));
    const answer = Buffer.from(this.answers.at(-1) ?? '', 'hex');
    if (answer.readUInt16BE(0) !== 7 || answer.readUInt16BE(2) !== 0 || answer[6] !== unitId)
      throw new Error(`not the frame of an answer: ${answer.toString('hex')}`);
    if (answer.readUInt16BE(4) !== answer.length - 6) throw new Error(`wrong length: ${answer.toString('hex')}`);
    return answer.subarray(7).toString('hex');
  }
}

export interface ServerAnswer {
  readonly status: Status;
  readonly payload: Buffer;
}

export const grant = (offer: readonly string[], accept: readonly string[] = []): ModbusServerGrant[] => [
  { device: 'scada', offer, accept },
];

/** A driver with one server, `scada`, on a virtual clock and a network of the test. */
export class ServerRig {
  readonly clock = new VirtualClock();
  readonly audits: WriteAudit[] = [];
  readonly logs: string[] = [];
  readonly codes: (string | undefined)[] = [];
  readonly clients: FakeClient[] = [];
  readonly driver: ModbusServerDriver;
  /** Whether the address can be listened on. */
  isThere = true;
  /** Listeners that are open. */
  listening = 0;
  #listener: ListenerEvents | undefined;
  #ports = 40_000;
  #request = 0;

  constructor(grants: Readonly<Record<string, readonly ModbusServerGrant[]>>, config = serverConfig()) {
    const openListener: OpenListener = (_host, port, events) => {
      let isOpen = true;
      this.listening++;
      this.#listener = events;
      const end = (): void => {
        if (isOpen) this.listening--;
        isOpen = false;
      };
      queueMicrotask(() => {
        if (!isOpen) return;
        if (this.isThere) events.listening(port);
        else {
          end();
          events.failed(new Error('listen EADDRINUSE'));
        }
      });
      return { close: end };
    };
    this.driver = new ModbusServerDriver({
      ...{ devices: { scada: config }, grants, version: '1.2.3', deviceId: 'gw-1', openListener, clock: this.clock },
      random: () => 0.5,
      events: {
        log: (_level, text, code) => {
          this.logs.push(text);
          this.codes.push(code);
        },
        audit: (write) => this.audits.push(write),
        denied: () => undefined,
      },
    });
  }

  static async open(
    grants: Readonly<Record<string, readonly ModbusServerGrant[]>>,
    changes: Partial<ModbusServerConfig> = {},
  ): Promise<ServerRig> {
    const rig = new ServerRig(grants, serverConfig(changes));
    await rig.driver.open();
    await rig.pass(0);
    return rig;
  }

  get status(): Record<string, unknown> {
    return this.driver.status()['scada'] as Record<string, unknown>;
  }

  connect(address = '10.0.0.7'): FakeClient {
    const client = new FakeClient(address, ++this.#ports);
    client.events = this.#listener?.connected(client);
    this.clients.push(client);
    return client;
  }

  /** Takes the address away. */
  lose(): void {
    this.isThere = false;
    this.listening--;
    this.#listener?.failed(new Error('gone'));
  }

  ask(request: ModbusServerRequest, module = 'm'): ServerAnswer[] {
    const answers: ServerAnswer[] = [];
    this.driver.request(
      {
        ...{ module, instance: 1, request: ++this.#request },
        answer: (status, _detail, payload) => answers.push({ status, payload: Buffer.from(payload) }),
      },
      encodeModbusServerRequest(request, 'scada'),
    );
    return answers;
  }

  set(table: 1 | 2 | 3 | 4, address: number, values: readonly number[], module?: string): Status | undefined {
    return this.ask({ kind: 'set', table, address, values: Uint16Array.from(values) }, module)[0]?.status;
  }

  take(module?: string, waitMs = 60_000): ServerAnswer[] {
    return this.ask({ kind: 'take', waitMs }, module);
  }

  async pass(ms: number): Promise<void> {
    for (let turn = 0; turn < 8; turn++) await Promise.resolve();
    this.clock.advance(ms);
    for (let turn = 0; turn < 8; turn++) await Promise.resolve();
  }
}
