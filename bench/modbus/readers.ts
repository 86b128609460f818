import { setTimeout as delay } from 'node:timers/promises';
import modbusSerial from 'modbus-serial';
import { STATUS } from '../../host/src/abi/constants.ts';
import type { ModbusConfig, SerialLine } from '../../host/src/drivers/modbus/config.ts';
import { encodeModbusRequest } from '../../host/src/drivers/modbus/encode-request.ts';
import { ModbusDriver } from '../../host/src/drivers/modbus/modbus-driver.ts';
import { until } from '../../test/lib/until.ts';
import { deviceAt, readOf } from '../../test/unit/host/drivers/driver-rig.ts';

/** Reads holding registers 0 to 9 of one device. */
export interface Reader {
  read(): Promise<void>;
  close(): Promise<void>;
}

export const UNIT = 1;
const COUNT = 10;
const TIMEOUT_MS = 1_000;
const FORMAT = { baudRate: 115_200, parity: 'none', stopBits: 1 } as const;
/** Silence between two frames above 19,200 baud [MODBUS-SERIAL-2.5.1.1] is 1.75 ms, and timers count milliseconds. */
const SILENCE_MS = 2;

/** Our driver over TCP. */
export const openTcp = (port: number): Promise<Reader> =>
  openDriver(deviceAt(port, { unitId: UNIT, timeoutMs: TIMEOUT_MS }), undefined);

/** Our driver on a serial line. */
export function openLine(path: string): Promise<Reader> {
  const line: SerialLine = { path, ...FORMAT, timeoutMs: TIMEOUT_MS, turnaroundMs: 100 };
  return openDriver({ type: 'modbus-rtu', line: 'bus', unitId: UNIT, maxGap: 8, polls: {} }, line);
}

/** modbus-serial over TCP, with nothing around it. */
export async function openBareTcp(port: number): Promise<Reader> {
  const client = bareClient();
  await client.connectTCP('127.0.0.1', { port });
  return bareReader(client, 0);
}

/** modbus-serial on a serial line, with nothing around it; it sends the next request as soon as it has an answer. */
export const openBareLine = (path: string): Promise<Reader> => openBarePort(path, 0);

/** The same, leaving the silence between two frames that the specification asks for. */
export const openBareLineWithSilence = (path: string): Promise<Reader> => openBarePort(path, SILENCE_MS);

async function openDriver(config: ModbusConfig, bus: SerialLine | undefined): Promise<Reader> {
  const driver = new ModbusDriver({
    devices: { device: config },
    lines: bus === undefined ? {} : { bus },
    events: { log: () => undefined, denied: () => undefined, audit: () => undefined },
  });
  await driver.open();
  const state = () => (driver.status()['device'] as { state: string }).state;
  await until('a connection', () => state() === 'connected');
  const payload = encodeModbusRequest(readOf(`holding:0-${COUNT - 1}`), 'device');
  let request = 0;
  return {
    read: () =>
      new Promise((resolve, reject) => {
        const answer = (status: number): void =>
          status === STATUS.ok ? resolve() : reject(new Error(`a read ended with status ${status}`));
        driver.request({ module: 'bench', instance: 1, request: ++request, answer }, payload);
      }),
    close: () => driver.close(),
  };
}

type BareClient = InstanceType<typeof modbusSerial.default>;

function bareClient(): BareClient {
  const client = new modbusSerial.default();
  client.setTimeout(TIMEOUT_MS);
  client.setID(UNIT);
  return client;
}

async function openBarePort(path: string, silenceMs: number): Promise<Reader> {
  const client = bareClient();
  await client.connectRTUBuffered(path, { ...FORMAT });
  return bareReader(client, silenceMs);
}

function bareReader(client: BareClient, silenceMs: number): Reader {
  return {
    async read() {
      const { data } = await client.readHoldingRegisters(0, COUNT);
      if (data.length !== COUNT) throw new Error('an answer of modbus-serial is too short');
      if (silenceMs > 0) await delay(silenceMs);
    },
    close: () => new Promise((resolve) => client.close(() => resolve())),
  };
}
