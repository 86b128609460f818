import { formatProblems } from '../../../../host/src/check/index.ts';
import { decodeGateway } from '../../../../host/src/configuration/index.ts';
import { ADDRESS_PATTERN, type BluetoothConfig } from '../../../../host/src/drivers/ble/commissioning.ts';
import { devicesOf } from '../../../../host/src/drivers/index.ts';
import { GatehouseError } from '../../../../host/src/errors.ts';
import { usage, wholeNumber } from '../arguments.ts';
import { readText } from '../files.ts';

export const ADAPTER_OPTIONS = {
  adapter: { type: 'string' },
  port: { type: 'string' },
  baud: { type: 'string' },
  gateway: { type: 'string' },
} as const;

export type AdapterValues = { readonly [Name in keyof typeof ADAPTER_OPTIONS]?: string | undefined };

export const ADAPTER_HELP = `Which adapter:
  --adapter NAME         one of the kernel; hci0 unless given
  --port PATH            one on a serial line that the kernel has not taken; also --baud (1000000)
  --gateway FILE         that of a gateway configuration
`;

export const DEVICE_HELP = `Which device: its ADDRESS, such as A4:C1:38:01:02:03, or with --gateway FILE also --device NAME.
  --timeout MS           longest time for connecting, and for each thing that is asked of it; 10000 unless given
`;

/** The adapter that options name. @throws GatehouseError CLI_USAGE, FILE_MISSING, GATEWAY_INVALID */
export function readAdapter(values: AdapterValues): BluetoothConfig {
  const [way, ...more] = (['adapter', 'port', 'gateway'] as const).filter((name) => values[name] !== undefined);
  if (more.length > 0) throw usage(`expected one of --${way} and --${more[0]}, got both`);
  if (values.baud !== undefined && way !== 'port') throw usage('--baud goes with --port');
  if (way === 'gateway') return configOf(values.gateway!).bluetooth;
  const radio =
    values.port === undefined
      ? { adapter: adapterOf(values.adapter ?? 'hci0') }
      : { port: values.port, baudRate: wholeNumber(values.baud ?? '1000000', '--baud', 9_600, 4_000_000) };
  return { radio, connections: 1 };
}

/**
 * The address of the device: the first word, or that of a device of the gateway configuration; and the words behind it.
 * @throws GatehouseError CLI_USAGE, FILE_MISSING, GATEWAY_INVALID
 */
export function readPeer(words: readonly string[], gateway: string | undefined, device: string | undefined) {
  if (device === undefined) {
    const [address, ...rest] = words;
    if (address === undefined) throw usage('the ADDRESS of the device is missing; gatehouse ble scan finds it');
    if (!ADDRESS_PATTERN.test(address)) throw usage(`"${address}" is no address such as A4:C1:38:01:02:03`);
    return { address: address.toUpperCase(), rest };
  }
  if (gateway === undefined) throw usage('--device goes with --gateway');
  const { devices } = configOf(gateway);
  const config = Object.hasOwn(devices, device) ? devices[device] : undefined;
  if (config?.type === 'ble') return { address: config.address, rest: words };
  const names = Object.keys(devices).filter((name) => devices[name]?.type === 'ble');
  throw usage(`${gateway} has no Bluetooth device "${device}"; there are ${names.join(', ') || 'none'}`);
}

function configOf(file: string) {
  const { value, problems } = decodeGateway(readText(file), file);
  if (problems.length > 0) process.stderr.write(formatProblems(problems, process.stderr));
  if (value === undefined) throw new GatehouseError('GATEWAY_INVALID', `${file} is no gateway configuration`);
  if (value.bluetooth === undefined) throw usage(`${file} has no "bluetooth"`);
  return { bluetooth: value.bluetooth, devices: devicesOf('ble', value.devices) };
}

function adapterOf(text: string): string {
  if (/^hci\d{1,3}$/.test(text)) return text;
  throw usage(`--adapter takes a name such as hci0, not "${text}"; a serial port is --port`);
}
