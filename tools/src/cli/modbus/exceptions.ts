interface ExceptionText {
  readonly name: string;
  readonly check: readonly string[];
}

/** Exception codes of the application protocol specification, section 7, in the words of an installer. */
const EXCEPTIONS: Readonly<Record<number, ExceptionText>> = {
  1: {
    name: 'it does not have this function',
    check: [
      'The device lacks the table: what one maker has as input registers, another has as holding registers.',
      'For a write: it may take several values only (--multiple), or none at all.',
    ],
  },
  2: {
    name: 'it does not have this address',
    check: [
      'Addresses count from 0: what a manual calls register 40001 is holding:0, and 30001 is input:0.',
      'Many manuals count from 1: try the address one lower.',
      'All of a range must exist: gatehouse modbus scan --registers holding:0-1000 says which do.',
    ],
  },
  3: {
    name: 'it does not take this value or this number of registers',
    check: [
      'For a write: the value may be outside what the device allows, or the register may be read only.',
      'For a read: the device may give fewer registers at once; read a smaller range.',
    ],
  },
  4: { name: 'it failed while doing it', check: ['Its own display or log may say more.'] },
  5: { name: 'it has accepted it and needs a long time', check: ['Read later whether it is done.'] },
  6: { name: 'it is busy', check: ['Try again; another master may keep it busy.'] },
  8: { name: 'its memory is damaged', check: ['Its own display or log may say more.'] },
  10: {
    name: 'the Modbus gateway before it has no way to this unit',
    check: ['Is a line set up in the Modbus gateway for this unit id?'],
  },
  11: {
    name: 'the Modbus gateway before it got no answer from this unit',
    check: [
      'Is the unit powered and its line wired (A and B not swapped)?',
      'Is that its unit id? gatehouse modbus scan finds those that answer.',
      'Are baud rate, parity and stop bits in the Modbus gateway those of the unit?',
    ],
  },
};

export const exceptionText = (code: number): ExceptionText =>
  EXCEPTIONS[code] ?? {
    name: 'for a reason of its own',
    check: ['The manual of the device says what the code means.'],
  };

/** Exceptions by which a Modbus gateway says that there is no such unit. */
export const isFromGateway = (exception: number): boolean => exception === 10 || exception === 11;

/** Exceptions with which devices refuse a range of which a part does not exist, or which is too long for them. */
export const mayBeTheRange = (exception: number): boolean => exception >= 2 && exception <= 4;
