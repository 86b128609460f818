import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import type { RadioConfig } from '../../../../host/src/drivers/ble/commissioning.ts';

/** Why an adapter cannot be opened, and what to look at. */
export interface AdapterTrouble {
  readonly text: string;
  readonly check: readonly string[];
}

/** Where the kernel lists its adapters; absent while it has had none. */
const ADAPTERS = '/sys/class/bluetooth';
const PATH_CHECK = 'Is the path right, and the controller connected? ls /dev/serial/by-id /dev/tty*';

/** What a look at the file system tells at once; the library would only be silent for 10 s. */
export function adapterTrouble(radio: RadioConfig): AdapterTrouble | undefined {
  return 'port' in radio ? portTrouble(radio.port) : kernelTrouble(radio.adapter);
}

function portTrouble(port: string): AdapterTrouble | undefined {
  if (process.platform === 'win32') return undefined;
  if (!existsSync(port)) return { text: `there is no port ${port}`, check: [PATH_CHECK] };
  if (!statSync(port).isCharacterDevice()) return { text: `${port} is no serial port`, check: [PATH_CHECK] };
  try {
    accessSync(port, constants.R_OK | constants.W_OK);
    return undefined;
  } catch {
    const check = ['On Debian the group dialout may: sudo usermod -aG dialout $USER, then log in again.'];
    return { text: `${port} may not be opened by this user`, check };
  }
}

function kernelTrouble(adapter: string): AdapterTrouble | undefined {
  if (process.platform !== 'linux') return undefined;
  // Links stand beside their adapter, as hci0:64.
  const adapters = existsSync(ADAPTERS) ? readdirSync(ADAPTERS).filter((name) => /^hci\d+$/.test(name)) : [];
  if (adapters.includes(adapter)) return undefined;
  const text = `this machine has no Bluetooth adapter ${adapter}`;
  if (adapters.length > 0) return { text: `${text}, but ${adapters.join(', ')}`, check: ['Name it with --adapter.'] };
  return {
    text: `${text}, nor any other`,
    check: [
      'Is it plugged in, and not switched off by the firmware? lsusb and dmesg show what the kernel found.',
      'An adapter on a serial line is named with --port and --baud.',
    ],
  };
}
