import type { GatewayConfig } from '../configuration/index.ts';
import {
  type ConfigOf,
  DRIVERS,
  type Driver,
  type DriverEvents,
  type DriverName,
  devicesOf,
  type WriteAudit,
} from '../drivers/index.ts';
import { LEVEL, type Log } from './log.ts';

/** Loads the code of a driver, and what it needs, when the gateway has devices for it. */
const LOADERS: {
  readonly [Name in DriverName]: (devices: Record<string, ConfigOf<Name>>, events: DriverEvents) => Promise<Driver>;
} = {
  async modbus(devices, events) {
    const { ModbusDriver } = await import('../drivers/modbus/modbus-driver.ts');
    return new ModbusDriver({ devices, events });
  },
  async serial(devices, events) {
    const { SerialDriver, openSerialPort } = await import('../drivers/serial/serial-driver.ts');
    return new SerialDriver({ devices, events, openPort: openSerialPort });
  },
};

/** Opens the drivers of the kinds of devices that the gateway has. Absent devices are reported, and tried again. */
export async function openDrivers(gateway: GatewayConfig, log: Log): Promise<ReadonlyMap<DriverName, Driver>> {
  const events: DriverEvents = {
    log: (level, text, code) => log({ level: LEVEL[level], text, ...(code === undefined ? {} : { code }) }),
    audit: (write) => log(auditEntry(write)),
  };
  const drivers = new Map<DriverName, Driver>();
  for (const name of DRIVERS) {
    const driver = await loadDriver(name, gateway, events);
    await driver?.open();
    if (driver !== undefined) drivers.set(name, driver);
  }
  return drivers;
}

async function loadDriver<Name extends DriverName>(
  name: Name,
  gateway: GatewayConfig,
  events: DriverEvents,
): Promise<Driver | undefined> {
  const devices = devicesOf(name, gateway.devices);
  return Object.keys(devices).length === 0 ? undefined : await LOADERS[name](devices, events);
}

/** Every write to a device is logged, whoever made it and however it ended. */
function auditEntry(write: WriteAudit): Parameters<Log>[0] {
  const { device, address, values, outcome, origin, tookMs } = write;
  const by = origin === 'fail-safe' ? ' as fail-safe' : '';
  return {
    level: outcome === 'confirmed' ? LEVEL.info : LEVEL.warning,
    module: write.module,
    ...(write.code === undefined ? {} : { code: write.code }),
    text: `write ${device} ${address} = ${values.join(' ')}${by}: ${outcome} after ${Math.round(tookMs)} ms`,
    details: { audit: write },
  };
}
