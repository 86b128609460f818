import type { GattEnd, RadioConfig } from '../../../../host/src/drivers/ble/commissioning.ts';
import { GatehouseError } from '../../../../host/src/errors.ts';

/** The adapter cannot be used. */
export function adapterFailure(radio: RadioConfig, text: string): GatehouseError {
  const check = 'port' in radio ? PORT_CHECKS : ADAPTER_CHECKS;
  return new GatehouseError('BLUETOOTH_UNAVAILABLE', text, { details: { check } });
}

const ADAPTER_CHECKS = [
  'Is there one, and is it on? bluetoothctl list, rfkill list',
  'A program needs the right to use it: sudo setcap cap_net_raw,cap_net_admin+eip $(readlink -f $(which node)), or run it as root.',
  'Another program may have it, such as a gatehouse-host with "bluetooth": stop it as long as you need the adapter.',
  'An adapter on a serial line is named with --port and --baud.',
];
const PORT_CHECKS = [
  'Is the path right, and is the controller behind it powered?',
  'Is --baud what the controller expects?',
  'The kernel may have taken the port (hciattach, btattach): then the adapter is --adapter hci0.',
  'Another program may have it, such as a gatehouse-host with "bluetooth": stop it as long as you need the adapter.',
];

/** A device cannot be connected to. */
export function connectFailure(error: GatehouseError): GatehouseError {
  const check = [
    'Is it in reach and powered? gatehouse ble scan shows what is heard, and how strongly; below -90 dBm links fail.',
    'A device that is connected to something else, such as a telephone, is often not heard any more.',
    'Some sleep until a button is pressed, some change their address, and some only advertise and take no connection.',
    'It may need longer: --timeout.',
  ];
  return new GatehouseError(error.code, error.message, { details: { check }, cause: error });
}

/** Error codes of the attribute protocol [Bluetooth Core 5.4, Vol 3, Part F, 3.4.1.1], in the words of an installer. */
const REFUSALS: Readonly<Record<number, string>> = {
  2: 'it may not be read',
  3: 'it may not be written',
  5: 'it wants to be paired, which gatehouse does not do',
  6: 'it does not do that',
  8: 'it does not allow it',
  12: 'its key for encryption is too short',
  14: 'it failed',
  15: 'it wants an encrypted link, which gatehouse does not make',
  17: 'it lacks the resources',
};

/** Why something that was asked of a device was not done. */
export function endText(end: Exclude<GattEnd<unknown>, { kind: 'done' }>): string {
  switch (end.kind) {
    case 'refused':
      return `refused: ${REFUSALS[end.code] ?? 'for a reason of its own'} (error ${end.code})`;
    case 'not-found':
      return 'the device does not have it';
    case 'expired':
      return 'it came too late';
    case 'too-long':
      return 'the value is longer than any may be';
    case 'lost':
      return LOSSES[end.loss];
    default:
      return end satisfies never;
  }
}

const LOSSES = {
  timeout: 'the device did not answer in time',
  closed: 'the link ended',
  violation: 'the device broke the rules of the protocol',
  turn: 'another device had its turn',
  radio: 'the adapter was lost',
} as const;
