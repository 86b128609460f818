import { readFile } from 'node:fs/promises';
import type { Loaded } from '../check/index.ts';
import { DRIVERS, type Driver, type DriverEvents, type DriverName, devicesOf } from '../drivers/index.ts';
import type { LeafEvents } from '../drivers/leaf-message.ts';
import { readSecret } from '../secrets/index.ts';
import { hostVersion } from '../version.ts';
import { LEVEL, type Log } from './log.ts';

/** What a gateway has to do decides which drivers it needs. */
type Needs = Pick<Loaded, 'gateway' | 'modules'>;

/** Loads the code of a driver, and what it needs, if the gateway has work for it. */
const LOADERS: Readonly<Record<DriverName, (needs: Needs, events: LeafEvents) => Promise<Driver | undefined>>> = {
  async modbus({ gateway }, events) {
    const devices = devicesOf('modbus', gateway.devices);
    if (Object.keys(devices).length === 0) return undefined;
    const { ModbusDriver } = await import('../drivers/modbus/modbus-driver.ts');
    return new ModbusDriver({ devices, lines: gateway.lines ?? {}, events });
  },
  async serial({ gateway }, events) {
    const devices = devicesOf('serial', gateway.devices);
    if (Object.keys(devices).length === 0) return undefined;
    const { SerialDriver, openSerialPort } = await import('../drivers/serial/serial-driver.ts');
    return new SerialDriver({ devices, events, openPort: openSerialPort });
  },
  async ble({ gateway }, events) {
    const devices = devicesOf('ble', gateway.devices);
    const { bluetooth } = gateway;
    if (Object.keys(devices).length === 0 || bluetooth === undefined) return undefined;
    const { BleDriver, openNobleRadio } = await import('../drivers/ble/ble-driver.ts');
    return new BleDriver({ bluetooth, devices, events, openRadio: openNobleRadio() });
  },
  async mqtt({ gateway }, events) {
    const devices = devicesOf('mqtt', gateway.devices);
    if (Object.keys(devices).length === 0) return undefined;
    const { MqttDriver } = await import('../drivers/mqtt/mqtt-driver.ts');
    const { deviceId, secrets = {} } = gateway;
    return new MqttDriver({ deviceId, devices, events, readSecret: (name) => readSecret(secrets, name) });
  },
  async 'modbus-server'({ gateway, modules }, events) {
    const devices = devicesOf('modbus-server', gateway.devices);
    if (Object.keys(devices).length === 0) return undefined;
    const { ModbusServerDriver } = await import('../drivers/modbus-server/modbus-server-driver.ts');
    const { version, deviceId } = { version: hostVersion(), deviceId: gateway.deviceId };
    return new ModbusServerDriver({ devices, grants: grantsOf('modbus-server', modules), version, deviceId, events });
  },
  async http({ gateway, modules }, events) {
    const grants = grantsOf('http', modules);
    if (Object.keys(grants).length === 0) return undefined;
    const { HttpDriver } = await import('../drivers/http/http-driver.ts');
    const { secrets = {}, http } = gateway;
    return new HttpDriver({
      ...{ grants, events },
      readSecret: (name) => readSecret(secrets, name),
      ...(http?.ca === undefined ? {} : { ca: await readAuthorities(http.ca, events) }),
    });
  },
};

/** What modules are granted, by module, for a driver that must know all of it. */
function grantsOf<Name extends DriverName>(driver: Name, modules: Needs['modules']) {
  const granted = modules.flatMap(({ spec: { id, grants } }) => {
    const own = grants[driver];
    return own === undefined ? [] : [[id, own] as const];
  });
  return Object.fromEntries(granted);
}

/** Opens the drivers that are needed. Absent devices are reported, and tried again. */
export async function openDrivers(
  needs: Needs,
  log: Log,
  given: Pick<LeafEvents, 'audit' | 'message'>,
): Promise<ReadonlyMap<DriverName, Driver>> {
  const events: LeafEvents = {
    ...given,
    log: (level, text, code) => log({ level: LEVEL[level], text, ...(code === undefined ? {} : { code }) }),
    denied: (module, text, count) => log({ level: LEVEL.warning, code: 'CAPABILITY_DENIED', module, text, count }),
    attacked: (identity, code, text, count) => log({ level: LEVEL.warning, code, text, count, details: { identity } }),
  };
  const drivers = new Map<DriverName, Driver>();
  for (const name of DRIVERS) {
    const driver = await LOADERS[name](needs, events);
    if (driver === undefined) continue;
    await driver.open();
    drivers.set(name, driver);
  }
  return drivers;
}

/** The authorities of a file; without it none is trusted, so that no request over TLS succeeds. */
async function readAuthorities(file: string, events: DriverEvents): Promise<readonly string[]> {
  try {
    return [await readFile(file, 'utf8')];
  } catch (error) {
    events.log('warning', `the file of http.ca cannot be read: ${(error as Error).message}`, 'FILE_MISSING');
    // Not a missing list, for which Node would put its own.
    return [];
  }
}
