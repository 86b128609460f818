import type { Status } from '../../../../host/src/abi/constants.ts';
import type { WriteAudit } from '../../../../host/src/drivers/driver.ts';
import { parseAddressText } from '../../../../host/src/drivers/modbus/address-text.ts';
import { type AnswerBlock, decodeAnswer } from '../../../../host/src/drivers/modbus/answer-blocks.ts';
import type { ModbusConfig, ModbusTcpConfig } from '../../../../host/src/drivers/modbus/config.ts';
import { encodeModbusRequest } from '../../../../host/src/drivers/modbus/encode-request.ts';
import { decodeIdentification } from '../../../../host/src/drivers/modbus/identification.ts';
import { ModbusDriver, type ModbusDriverOptions } from '../../../../host/src/drivers/modbus/modbus-driver.ts';
import type {
  IdentificationLevel,
  ModbusRequest,
  PduRequest,
  ReadWriteRequest,
} from '../../../../host/src/drivers/modbus/request.ts';

export interface Answer {
  readonly status: Status;
  readonly detail: number;
  readonly blocks: AnswerBlock[];
}

/** What a device said of itself. */
export interface Identified {
  readonly status: Status;
  readonly detail: number;
  readonly objects: (readonly [id: number, value: string])[];
}

export interface LogLine {
  readonly level: string;
  readonly text: string;
  readonly code?: string | undefined;
}

type Options = Partial<Omit<ModbusDriverOptions, 'devices' | 'events'>>;

/** A driver under test: requests as text, answers as promises, and everything it says kept. */
export class DriverRig {
  readonly audits: WriteAudit[] = [];
  readonly logs: LogLine[] = [];
  readonly driver: ModbusDriver;
  #request = 0;

  constructor(devices: Record<string, ModbusConfig>, options: Options = {}) {
    this.driver = new ModbusDriver({
      ...options,
      devices,
      events: {
        log: (level, text, code) => this.logs.push({ level, text, code }),
        denied: () => {},
        audit: (write) => this.audits.push(write),
      },
    });
  }

  static async open(devices: Record<string, ModbusConfig>, options: Options = {}): Promise<DriverRig> {
    const rig = new DriverRig(devices, options);
    await rig.driver.open();
    return rig;
  }

  /** Makes a request and waits for its answer. */
  request(device: string, request: ModbusRequest, module = 'm'): Promise<Answer> {
    return new Promise((resolve) => {
      this.requestWith(device, request, resolve, module);
    });
  }

  /** Makes a request; `answer` is called for each answer. */
  requestWith(device: string, request: ModbusRequest, answer: (answer: Answer) => void, module = 'm'): void {
    const caller = {
      module,
      instance: 1,
      request: ++this.#request,
      answer: (status: Status, detail: number, payload: Uint8Array) =>
        answer({ status, detail, blocks: decodeAnswer(payload) ?? [] }),
    };
    this.driver.request(caller, encodeModbusRequest(request, device));
  }

  read(device: string, address: string, module = 'm'): Promise<Answer> {
    return this.request(device, readOf(address), module);
  }

  write(device: string, address: string, values: readonly number[], expiryMs = 0, module = 'm'): Promise<Answer> {
    return this.request(device, writeOf(address, values, expiryMs), module);
  }

  subscribe(device: string, poll: string, answer: (answer: Answer) => void, module = 'm'): void {
    this.requestWith(device, { kind: 'subscribe', poll: new TextEncoder().encode(poll) }, answer, module);
  }

  /** Asks what a device is. */
  identify(device: string, level: IdentificationLevel, module = 'm'): Promise<Identified> {
    return new Promise((resolve) => this.identifyWith(device, level, resolve, module));
  }

  identifyWith(device: string, level: IdentificationLevel, answer: (answer: Identified) => void, module = 'm'): void {
    const payload = encodeModbusRequest({ kind: 'identify', level, objectId: 0 }, device);
    const answered = (status: Status, detail: number, bytes: Uint8Array) => {
      const objects = decodeIdentification(bytes) ?? [];
      answer({ status, detail, objects: objects.map(({ id, value }) => [id, Buffer.from(value).toString('latin1')]) });
    };
    this.driver.request({ module, instance: 1, request: ++this.#request, answer: answered }, payload);
  }

  /** State and counters of a device. */
  status(device: string): Record<string, unknown> {
    return this.driver.status()[device] as Record<string, unknown>;
  }

  close(): Promise<void> {
    return this.driver.close();
  }
}

/** A device on loopback with short deadlines. */
export function deviceAt(port: number, changes: Partial<ModbusTcpConfig> = {}): ModbusTcpConfig {
  return {
    type: 'modbus-tcp',
    host: '127.0.0.1',
    port,
    unitId: 1,
    timeoutMs: 300,
    inFlight: 1,
    maxGap: 8,
    polls: {},
    ...changes,
  };
}

export function readOf(address: string): ModbusRequest {
  return { kind: 'read', ...rangeOf(address) };
}

export function writeOf(address: string, values: readonly number[], expiryMs = 0): ModbusRequest {
  const range = rangeOf(address);
  const single = values.length === 1;
  const code = range.table === 1 ? (single ? 5 : 15) : single ? 6 : 16;
  return { kind: 'write', function: code, ...range, values: Uint16Array.from(values), expiryMs };
}

export const maskWriteOf = (address: number, andMask: number, orMask: number, expiryMs = 0): PduRequest => ({
  kind: 'mask-write',
  address,
  andMask,
  orMask,
  expiryMs,
});

/** Reads holding registers as the text says, after the values were written from `writeAddress` on. */
export function readWriteOf(
  read: string,
  writeAddress: number,
  values: readonly number[],
  expiryMs = 0,
): ReadWriteRequest {
  const { address, count } = rangeOf(read);
  return { kind: 'read-write', address, count, writeAddress, values: Uint16Array.from(values), expiryMs };
}

export const identifyOf = (level: IdentificationLevel, objectId = 0): PduRequest => ({
  kind: 'identify',
  level,
  objectId,
});

function rangeOf(address: string) {
  const parsed = parseAddressText(address);
  if (parsed.kind === 'problem') throw new Error(`not an address: ${address}`);
  return parsed.range;
}
