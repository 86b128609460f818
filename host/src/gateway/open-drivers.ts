import type { DriverName } from '../bridge/frames.ts';
import type { GatewayConfig } from '../configuration/index.ts';
import type { Driver, WriteAudit } from '../drivers/driver.ts';
import { ModbusDriver } from '../drivers/modbus/modbus-driver.ts';
import { LEVEL, type Log } from './log.ts';

/** Opens the drivers of the kinds of devices that the gateway has. Absent devices are reported, and tried again. */
export async function openDrivers({ devices }: GatewayConfig, log: Log): Promise<ReadonlyMap<string, Driver>> {
  const drivers = new Map<DriverName, Driver>();
  if (Object.keys(devices).length === 0) return drivers;
  const modbus = new ModbusDriver({
    devices,
    events: {
      log: (level, text, code) => log({ level: LEVEL[level], text, ...(code === undefined ? {} : { code }) }),
      audit: (write) => log(auditEntry(write)),
    },
  });
  await modbus.open();
  drivers.set('modbus', modbus);
  return drivers;
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
