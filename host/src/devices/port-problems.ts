import { type BluetoothConfig, type DeviceConfig, portOf } from '../drivers/index.ts';
import type { LeafDevices } from './leaf-devices.ts';

/** An entry whose serial port belongs to another one already. */
export interface PortProblem {
  readonly kind: keyof LeafDevices;
  readonly name: string;
  readonly message: string;
}

/**
 * Serial ports that are named twice: only one program, line or device can have a port open.
 *
 * @param bluetooth the adapter, whose controller may be at a port
 */
export function portProblems({ devices, lines }: LeafDevices, bluetooth?: BluetoothConfig): PortProblem[] {
  const owners = new Map<string, string>();
  if (bluetooth !== undefined && 'port' in bluetooth.radio) owners.set(bluetooth.radio.port, 'Bluetooth adapter');
  const problems: PortProblem[] = [];
  const take = (path: string, kind: keyof LeafDevices, name: string): void => {
    const owner = owners.get(path);
    if (owner === undefined) owners.set(path, `${kind.slice(0, -1)} "${name}"`);
    else problems.push({ kind, name, message: `"${path}" is the port of the ${owner} already` });
  };
  for (const [name, { path }] of Object.entries(lines)) take(path, 'lines', name);
  for (const [name, device] of Object.entries<DeviceConfig>(devices)) {
    const port = portOf(device);
    if (port !== undefined && 'path' in port) take(port.path, 'devices', name);
  }
  return problems;
}
