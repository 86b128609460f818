import type { Explanation } from './failure.ts';
import type { PlaceConfig } from './place.ts';
import { placeText } from './place-text.ts';

/** Why there is no connection. */
export function connectFailure(error: Error | undefined, place: PlaceConfig): Explanation {
  const where = placeText(place);
  const code = 'DEVICE_UNREACHABLE';
  const reason = codeOf(error);
  switch (reason) {
    case 'ECONNREFUSED':
      return {
        code,
        message: `${where} refuses the connection: a machine is there, and nothing listens on that port`,
        check: [
          'Is Modbus TCP switched on in the device? Many have it off, or allow it for some addresses only.',
          'Is it another port? Usual are 502 for Modbus TCP, and 4001, 4196, 8899 or 10001 for device servers (--rtu-tcp).',
          'Is it the right machine? Another one may have the address.',
        ],
      };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { code, message: `${where}: the name is not known (${reason})`, check: ['Try its address in numbers.'] };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return {
        code,
        message: `${where}: there is no way to that address (${reason})`,
        check: [
          'Is the device powered and its cable in, with the lights of the socket on?',
          'Is this machine in the same network? Compare address and mask (ip address).',
        ],
      };
    case 'ECONNRESET':
      return {
        code,
        message: `${where} ends the connection at once`,
        check: ['Its connections may all be taken, or it accepts some addresses only.'],
      };
    default:
      return {
        code,
        message: `${where} cannot be connected to: ${reason ?? error?.message ?? 'no answer'}`,
        check: [
          'Is the device powered, its cable in, and the address right? Does it answer to ping?',
          'Is a firewall between, or this machine in another network?',
        ],
      };
  }
}

/** Why a serial port cannot be opened. */
export function portFailure(error: Error | undefined, { config, lines }: PlaceConfig): Explanation {
  const path = config.type === 'modbus-rtu' ? lines[config.line]!.path : '';
  const why = error?.message ?? 'no answer';
  const code = 'DEVICE_UNREACHABLE';
  if (/no such file/i.test(why))
    return {
      code,
      message: `there is no port ${path}`,
      check: [
        'Is the adapter plugged in? Its name may have changed: ls /dev/serial/by-id /dev/ttyUSB* /dev/ttyACM*',
        'A name below /dev/serial/by-id stays the same when plugs change.',
      ],
    };
  if (/permission denied/i.test(why))
    return {
      code,
      message: `${path} may not be opened by this user`,
      check: ['On Debian the group dialout may: sudo usermod -aG dialout $USER, then log in again.'],
    };
  if (/lock|busy/i.test(why))
    return {
      code,
      message: `${path} is in use by another program`,
      check: [
        `A gatehouse-host that has this line keeps it open: stop it as long as you need the line (fuser ${path} says who).`,
      ],
    };
  if (/inappropriate ioctl|not a tty/i.test(why))
    return { code, message: `${path} is no serial port`, check: ['Which are there? ls /dev/serial/by-id'] };
  return { code, message: `${path} cannot be opened: ${why}`, check: ['Does the adapter support these settings?'] };
}

const codeOf = (error: Error | undefined): string | undefined =>
  error !== undefined && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
