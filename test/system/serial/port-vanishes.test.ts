import { readlinkSync, rmSync, symlinkSync } from 'node:fs';
import type { Driver } from '../../../host/src/drivers/driver.ts';
import { ModbusDriver } from '../../../host/src/drivers/modbus/modbus-driver.ts';
import { openSerialPort, SerialDriver } from '../../../host/src/drivers/serial/serial-driver.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { openPtyPair, type PtyPair } from '../../peers/pty-pair.ts';
import { serialConfig } from '../../unit/host/drivers/serial/serial-rig.ts';

const test = suite('serial ports that vanish', { needs: [TOOLS.socat], timeoutMs: 30_000 });

/** One port under test: the state of its device, and what the log says of it. */
interface Opened {
  readonly driver: Driver;
  readonly logs: string[];
}

const DRIVERS: Readonly<Record<string, (path: string) => Opened>> = {
  serial(path) {
    const { logs, events } = listener();
    const devices = { device: serialConfig({ path }) };
    return { driver: new SerialDriver({ devices, openPort: openSerialPort, events }), logs };
  },
  modbus(path) {
    const { logs, events } = listener();
    const format = { baudRate: 9_600, parity: 'none', stopBits: 1, timeoutMs: 300, turnaroundMs: 50 } as const;
    const device = { type: 'modbus-rtu', line: 'bus', unitId: 1, maxGap: 8, polls: {} } as const;
    return { driver: new ModbusDriver({ devices: { device }, lines: { bus: { path, ...format } }, events }), logs };
  },
};
const OPEN = ['open', 'connected'];

function listener() {
  const logs: string[] = [];
  const log = (_level: string, text: string) => logs.push(text);
  return { logs, events: { log, audit: () => undefined, denied: () => undefined } };
}

for (const [name, createDriver] of Object.entries(DRIVERS)) {
  const withDriver = (body: (pair: PtyPair, opened: Opened, isOpen: () => boolean) => Promise<void>) => async () => {
    const pair = await openPtyPair();
    const opened = createDriver(pair.near);
    const isOpen = () => OPEN.includes((opened.driver.status()['device'] as { state: string }).state);
    try {
      await opened.driver.open();
      await until('the port', isOpen);
      await body(pair, opened, isOpen);
    } finally {
      await opened.driver.close();
      await pair.close();
    }
  };

  test(
    `the driver ${name} notices that a port is gone of which it still could read, and opens it when it is back`,
    withDriver(async (pair, { logs }, isOpen) => {
      const target = readlinkSync(pair.near);
      rmSync(pair.near);
      await until('the loss', () => !isOpen());
      await until('a log line', () => logs.length > 0);
      assert.ok(logs.join('\n').includes(pair.near), logs.join('\n'));
      symlinkSync(target, pair.near);
      await until('the port again', isOpen, 20_000);
    }),
  );

  test(
    `the driver ${name} goes on when an adapter was pulled out and plugged in again`,
    withDriver(async (pair, _opened, isOpen) => {
      await pair.unplug();
      await until('the loss', () => !isOpen());
      await pair.plug();
      await until('the port again', isOpen, 20_000);
    }),
  );
}

test.run();
