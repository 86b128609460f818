import type { DeviceProblem } from '../description.ts';
import type { ModbusServerConfig } from './config.ts';

/** Servers that would listen on one address. */
export function serverProblems(devices: Readonly<Record<string, ModbusServerConfig>>): DeviceProblem[] {
  const byAddress = new Map<string, string>();
  const problems: DeviceProblem[] = [];
  for (const [device, { host, port }] of Object.entries(devices)) {
    if (port === 0) continue;
    const address = JSON.stringify([host, port]);
    const other = byAddress.get(address);
    if (other === undefined) byAddress.set(address, device);
    else problems.push({ device, member: 'port', message: `port ${port} of ${host} is that of "${other}" already` });
  }
  return problems;
}
