import type { GatewayConfig } from '../configuration/index.ts';
import type { Finding } from './finding.ts';

/** First release of Node in which the package for serial ports hands on what it reads only when something else wakes the process. */
const FIRST_BROKEN = [26, 4] as const;

/** Whether this Node reads the serial ports of a gateway; nothing is said of one that has none. */
export function serialFindings(
  { devices, lines = {} }: Pick<GatewayConfig, 'devices' | 'lines'>,
  version: string = process.versions.node,
): Finding[] {
  const ports = Object.values(devices).flatMap((device) => (device.type === 'serial' ? [device.path] : []));
  const paths = [...new Set([...Object.values(lines).map(({ path }) => path), ...ports])];
  if (paths.length === 0) return [];
  const name = 'serial ports';
  const facts = { version, paths };
  if (!isBroken(version)) return [{ name, state: 'ok', text: paths.join(', '), facts }];
  const text =
    `Node ${version} hands on late or never what a serial port receives (serialport/node-serialport#3148); ` +
    'run the host on Node 20, 22 or 24';
  return [{ name, state: 'warning', text, facts }];
}

function isBroken(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > FIRST_BROKEN[0] || (major === FIRST_BROKEN[0] && minor >= FIRST_BROKEN[1]);
}
