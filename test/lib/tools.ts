import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program nobody here wrote that a system test talks to, and the Debian package that brings it. */
export interface Tool {
  readonly aptPackage: string;
  readonly isPresent: () => boolean;
}

const onPath = (program: string) => () =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
const anyFile =
  (...files: string[]) =>
  () =>
    files.some((file) => existsSync(file));

export const TOOLS = {
  mosquitto: { aptPackage: 'mosquitto', isPresent: anyFile('/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto') },
  mosquittoClients: { aptPackage: 'mosquitto-clients', isPresent: onPath('mosquitto_sub') },
  pymodbus: {
    aptPackage: 'python3-pymodbus python3-serial',
    isPresent: () =>
      ['pymodbus', 'serial'].every((name) => existsSync(`/usr/lib/python3/dist-packages/${name}/__init__.py`)),
  },
  mbpoll: { aptPackage: 'mbpoll', isPresent: onPath('mbpoll') },
  libmodbus: { aptPackage: 'libmodbus-dev', isPresent: anyFile('/usr/include/modbus/modbus.h') },
  cc: { aptPackage: 'gcc', isPresent: onPath('gcc') },
  clang: { aptPackage: 'clang lld', isPresent: () => onPath('clang')() && onPath('wasm-ld')() },
  openssl: { aptPackage: 'openssl', isPresent: onPath('openssl') },
} as const satisfies Record<string, Tool>;

export function missingTools(tools: readonly Tool[]): Tool[] {
  return tools.filter((tool) => !tool.isPresent());
}
