import { STATUS, type Status } from '../../../host/src/abi/constants.ts';
import type { WriteAudit } from '../../../host/src/drivers/driver.ts';
import type { ModbusServerConfig } from '../../../host/src/drivers/modbus-server/config.ts';
import { ModbusServerDriver } from '../../../host/src/drivers/modbus-server/modbus-server-driver.ts';
import {
  encodeModbusServerRequest,
  type ModbusServerRequest,
} from '../../../host/src/drivers/modbus-server/request-codec.ts';
import { until } from '../../lib/until.ts';
import { grant, serverConfig } from '../../unit/host/drivers/modbus-server/server-rig.ts';

export const OFFER = ['coil:0-15', 'discrete:0-15', 'holding:0-19', 'input:0-19'];
export const ACCEPT = ['coil:0-7', 'holding:10-29'];

/** A write as the module gets it: table, address and values. */
export type TakenWrite = readonly [table: number, address: number, ...values: number[]];

/** A server on a real port, with a module that sets its registers and takes every write. */
export class ServerBench {
  readonly driver: ModbusServerDriver;
  readonly taken: TakenWrite[] = [];
  readonly audits: WriteAudit[] = [];
  readonly logs: string[] = [];
  #isClosed = false;

  private constructor(changes: Partial<ModbusServerConfig>) {
    const config = serverConfig({
      ...{ port: 0, unitIds: [1, 255], maxClients: 8, idleMs: 60_000, requestsPerSecond: 100_000 },
      ...{ staleAfterMs: 0, writeExpiryMs: 60_000 },
      ...changes,
    });
    this.driver = new ModbusServerDriver({
      ...{ devices: { scada: config }, grants: { m: grant(OFFER, ACCEPT) }, version: '1.2.3', deviceId: 'gw-1' },
      events: {
        log: (_level, text) => this.logs.push(text),
        audit: (write) => this.audits.push(write),
        denied: () => undefined,
      },
    });
  }

  static async open(changes: Partial<ModbusServerConfig> = {}): Promise<ServerBench> {
    const bench = new ServerBench(changes);
    await bench.driver.open();
    await until('the server to listen', () => bench.driver.portOf('scada') !== undefined);
    bench.setAll();
    bench.#takeNext();
    return bench;
  }

  get port(): number {
    return this.driver.portOf('scada')!;
  }

  get status(): Readonly<Record<string, unknown>> {
    return this.driver.status()['scada'] as Record<string, unknown>;
  }

  /** Coil n is n modulo 2, discrete input n the opposite, holding register n is 1000 + n, input register n is 2000 + n, but for a float and a number of 32 bits. */
  setAll(): void {
    const sixteen = Array.from({ length: 16 }, (_, index) => index);
    const twenty = Array.from({ length: 20 }, (_, index) => index);
    this.set(1, 0, ...sixteen.map((n) => n % 2));
    this.set(2, 0, ...sixteen.map((n) => 1 - (n % 2)));
    this.set(3, 0, ...twenty.map((n) => 1_000 + n));
    this.set(4, 0, ...twenty.map((n) => 2_000 + n));
    // 21.5, and 70,000, the high word first.
    this.set(4, 10, 0x41ac, 0, 1, 4_464);
  }

  set(table: 1 | 2 | 3 | 4, address: number, ...values: number[]): void {
    this.#ask({ kind: 'set', table, address, values: Uint16Array.from(values) }, (status) => {
      if (status !== STATUS.ok) throw new Error(`cannot set ${table} ${address}: ${status}`);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.driver.close();
  }

  /** Takes a write, and sets what it also offers, as a module does that accepts everything. */
  #takeNext(): void {
    this.#ask({ kind: 'take', waitMs: 60_000 }, (status, payload) => {
      if (status === STATUS.ok) this.#taken(payload);
      if (!this.#isClosed) this.#takeNext();
    });
  }

  #taken(payload: Buffer): void {
    const table = payload[0] as 1 | 3;
    const address = payload.readUInt16LE(2);
    const values = Array.from({ length: payload.readUInt16LE(4) }, (_, index) => payload.readUInt16LE(8 + 2 * index));
    this.taken.push([table, address, ...values]);
    if (table === 1 || address + values.length <= 20) this.set(table, address, ...values);
  }

  #ask(request: ModbusServerRequest, answer: (status: Status, payload: Buffer) => void): void {
    this.driver.request(
      {
        ...{ module: 'm', instance: 1, request: 1 },
        answer: (status, _detail, payload) => answer(status, Buffer.from(payload)),
      },
      encodeModbusServerRequest(request, 'scada'),
    );
  }
}
