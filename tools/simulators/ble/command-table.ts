import { ADVERTISING_COMMANDS } from './advertising-commands.ts';
import { type Command, complete, constant, done } from './command.ts';
import { CONNECTION_COMMANDS } from './connection-commands.ts';
import { ACL_ROOM } from './fragment.ts';
import { type CommandName, OPCODE } from './hci-codes.ts';

const HCI_VERSION = 9; // 5.0; the libraries refuse controllers before 4.0
const COMPANY = [0xf1, 0x05]; // "Linux Foundation", which virtual controllers of its kernel use
const VERSION = [HCI_VERSION, 0, 0, HCI_VERSION, ...COMPANY, 0, 0];

/**
 * What hosts ask and set at their start. No feature is offered: no encryption, no extended advertising, no longer packets.
 * Event masks are accepted and have no effect.
 */
const START_COMMANDS = {
  reset: complete(0, (controller) => {
    controller.reset();
    return done();
  }),
  setEventMask: constant(8),
  leSetEventMask: constant(8),
  writeLeHostSupport: constant(2),
  readLeHostSupport: constant(0, 1, 0),
  readLocalVersion: constant(0, ...VERSION),
  readDeviceAddress: complete(0, ({ address }) => done(address.bytes)),
  readBufferSize: constant(0, ACL_ROOM.bytes, 0, 0, ACL_ROOM.packets, 0, 0, 0),
  leReadBufferSize: constant(0, ACL_ROOM.bytes, 0, ACL_ROOM.packets),
  leReadFeatures: constant(0, 0, 0, 0, 0, 0, 0, 0, 0),
} as const;

const BY_NAME: Readonly<Record<CommandName, Command>> = {
  ...START_COMMANDS,
  ...ADVERTISING_COMMANDS,
  ...CONNECTION_COMMANDS,
};

/** Every command that a virtual controller knows, by operation code. */
export const COMMANDS: ReadonlyMap<number, Command> = new Map(
  (Object.keys(OPCODE) as CommandName[]).map((name) => [OPCODE[name], BY_NAME[name]]),
);
