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
const hasLibraries = (root: string): boolean =>
  ['libc.so.6', 'libstdc++.so.6', 'libatomic.so.1'].every((file) => existsSync(join(root, 'lib', file)));

/** Where Debian has it on this kind of machine. */
export const FAKETIME_LIBRARY = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketimeMT.so.1`;

export const TOOLS = {
  mosquitto: { aptPackage: 'mosquitto', isPresent: anyFile('/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto') },
  mosquittoClients: { aptPackage: 'mosquitto-clients', isPresent: onPath('mosquitto_sub') },
  pahoMqtt: {
    aptPackage: 'python3-paho-mqtt',
    isPresent: anyFile('/usr/lib/python3/dist-packages/paho/mqtt/client.py'),
  },
  pymodbus: {
    aptPackage: 'python3-pymodbus python3-serial python3-serial-asyncio',
    isPresent: () =>
      ['pymodbus', 'serial', 'serial_asyncio'].every((name) =>
        existsSync(`/usr/lib/python3/dist-packages/${name}/__init__.py`),
      ),
  },
  prometheusParser: {
    aptPackage: 'python3-prometheus-client',
    isPresent: anyFile('/usr/lib/python3/dist-packages/prometheus_client/parser.py'),
  },
  mbpoll: { aptPackage: 'mbpoll', isPresent: onPath('mbpoll') },
  libmodbus: { aptPackage: 'libmodbus-dev', isPresent: anyFile('/usr/include/modbus/modbus.h') },
  cc: { aptPackage: 'gcc', isPresent: onPath('gcc') },
  clang: { aptPackage: 'clang lld', isPresent: () => onPath('clang')() && onPath('wasm-ld')() },
  qemuArm64: {
    aptPackage: 'qemu-user-static libc6-arm64-cross libstdc++6-arm64-cross libatomic1-arm64-cross',
    isPresent: () => onPath('qemu-aarch64-static')() && hasLibraries('/usr/aarch64-linux-gnu'),
  },
  qemuArmv7: {
    aptPackage: 'qemu-user-static libc6-armhf-cross libstdc++6-armhf-cross libatomic1-armhf-cross',
    isPresent: () => onPath('qemu-arm-static')() && hasLibraries('/usr/arm-linux-gnueabihf'),
  },
  pythonCryptography: {
    aptPackage: 'python3-cryptography',
    isPresent: anyFile('/usr/lib/python3/dist-packages/cryptography/__init__.py'),
  },
  btvirt: { aptPackage: 'bluez-test-tools', isPresent: onPath('btvirt') },
  socat: { aptPackage: 'socat', isPresent: onPath('socat') },
  pythonSerial: {
    aptPackage: 'python3-serial',
    isPresent: anyFile('/usr/lib/python3/dist-packages/serial/__init__.py'),
  },
  pynmea2: {
    aptPackage: 'python3-nmea2',
    isPresent: anyFile('/usr/lib/python3/dist-packages/pynmea2/__init__.py'),
  },
  gpsdecode: { aptPackage: 'gpsd-clients', isPresent: onPath('gpsdecode') },
  python: { aptPackage: 'python3', isPresent: onPath('python3') },
  systemd: {
    aptPackage: 'systemd',
    isPresent: () => onPath('systemd-notify')() && onPath('systemd-analyze')(),
  },
  tar: { aptPackage: 'tar', isPresent: onPath('tar') },
  faketime: { aptPackage: 'faketime', isPresent: anyFile(FAKETIME_LIBRARY) },
  openssl: { aptPackage: 'openssl', isPresent: onPath('openssl') },
} as const satisfies Record<string, Tool>;

export function missingTools(tools: readonly Tool[]): Tool[] {
  return tools.filter((tool) => !tool.isPresent());
}
