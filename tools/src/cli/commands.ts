import { BLE_READ } from './ble/read.ts';
import { BLE_SCAN } from './ble/scan.ts';
import { BLE_WATCH } from './ble/watch.ts';
import { INSPECT } from './inspect.ts';
import { KEYGEN } from './keygen.ts';
import { READ } from './modbus/read.ts';
import { SCAN } from './modbus/scan.ts';
import { WATCH } from './modbus/watch.ts';
import { WRITE } from './modbus/write.ts';
import { SIGN } from './sign.ts';
import { TRUST_SIGN } from './trust-sign.ts';
import { TRUST_VERIFY } from './trust-verify.ts';
import { VERIFY } from './verify.ts';

/** A command of `gatehouse`. */
export interface Command {
  /** One line of the list of commands. */
  readonly summary: string;
  readonly help: string;
  /** Gives the exit code; what is refused is a `GatehouseError`. */
  readonly run: (args: readonly string[]) => number | Promise<number>;
}

/** Commands by name, in the order of the help. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  keygen: KEYGEN,
  sign: SIGN,
  verify: VERIFY,
  inspect: INSPECT,
  'trust sign': TRUST_SIGN,
  'trust verify': TRUST_VERIFY,
  'modbus scan': SCAN,
  'modbus read': READ,
  'modbus write': WRITE,
  'modbus watch': WATCH,
  'ble scan': BLE_SCAN,
  'ble read': BLE_READ,
  'ble watch': BLE_WATCH,
};
