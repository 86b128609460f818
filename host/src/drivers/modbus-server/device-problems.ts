import { isLoopback } from '../../network/host-address.ts';
import type { DeviceProblem } from '../description.ts';
import type { ModbusServerConfig } from './config.ts';

/** Servers that let in whoever reaches them over the network. */
export function serverProblems(devices: Readonly<Record<string, ModbusServerConfig>>): DeviceProblem[] {
  return Object.entries(devices)
    .filter(([, { host, clients }]) => clients === undefined && !isLoopback(host))
    .map(([device, { host }]) => ({
      severity: 'warning',
      device,
      member: 'host',
      message: `whoever reaches ${host} may read and write what is granted; name the addresses that may connect in "clients"`,
    }));
}
