import {
  integer,
  list,
  object,
  oneOf,
  optional,
  record,
  refine,
  required,
  text,
  withDefault,
} from '../../json/index.ts';
import { DEVICE_NAME } from '../../manifest/name-rules.ts';
import { readableRange, registerCount } from './address-shape.ts';
import { PRIORITY_NAMES } from './priority.ts';

/** Values in one reading of a poll; what it takes on its way to a module stays below this times 2 bytes and headers. */
export const POLL_VALUES_MAX = 8192;
/** Most polls of one device, and most ranges of one poll. */
export const POLLS_MAX = 64;
export const POLL_RANGES_MAX = 64;

const poll = object(
  {
    registers: required(
      refine(list(readableRange, { min: 1, max: POLL_RANGES_MAX, items: 'registers' }), (ranges, node, place) => {
        const values = ranges.reduce((sum, range) => sum + registerCount(range), 0);
        return values <= POLL_VALUES_MAX
          ? ranges
          : place.refuse(node.offset, `expected at most ${POLL_VALUES_MAX} registers in one poll, got ${values}`);
      }),
      'What is read, such as "holding:0-9".',
    ),
    intervalMs: required(
      integer({ min: 10, max: 86_400_000, unit: 'milliseconds' }),
      'Time from one reading to the next, in milliseconds.',
    ),
    priority: withDefault(oneOf(...PRIORITY_NAMES), 'normal', 'Which of the polls that are due goes first.'),
  },
  { expected: 'an object with registers and intervalMs' },
);

const HOST = { expected: 'a host name or an address', pattern: /^[^\s/@?#]{1,253}$/, maxBytes: 253 };

const timeout = integer({ min: 10, max: 60_000, unit: 'milliseconds' });
/** 0 is everybody on the line; ids above 247 are reserved there. */
const lineUnitId = integer({ min: 0, max: 247 });

/** Time that all units of a line are given after a broadcast. */
export const turnaround = withDefault(
  integer({ min: 0, max: 10_000, unit: 'milliseconds' }),
  100,
  'Time that all units are given after a broadcast, in milliseconds.',
);

const TIMEOUT_TEXT = 'Deadline of a request and of connecting, in milliseconds.';

/** What every Modbus device has, however it is reached. */
const unitFields = {
  maxGap: withDefault(
    integer({ min: 0, max: 124 }),
    8,
    'Registers that a poll reads over in order to need fewer requests.',
  ),
  polls: withDefault(
    record(poll, { name: DEVICE_NAME, max: POLLS_MAX, entries: 'polls' }),
    {},
    'Register sets that are read at an interval while a module subscribes to them.',
  ),
};

/** What `gateway.json` says of a device of type `modbus-tcp`. */
export const modbusTcpFields = {
  host: required(text(HOST), 'Host name or address of the device.'),
  port: withDefault(integer({ min: 1, max: 65_535 }), 502, 'TCP port.'),
  unitId: withDefault(integer({ min: 0, max: 255 }), 1, 'Modbus unit id.'),
  timeoutMs: withDefault(timeout, 1_000, TIMEOUT_TEXT),
  inFlight: withDefault(integer({ min: 1, max: 16 }), 1, 'Requests sent before the first answer has come.'),
  ...unitFields,
};

/** What `gateway.json` says of a device of type `modbus-rtu-tcp`. */
export const modbusRtuTcpFields = {
  host: required(text(HOST), 'Host name or address of the device server.'),
  port: required(integer({ min: 1, max: 65_535 }), 'TCP port of the line.'),
  unitId: withDefault(lineUnitId, 1, 'Unit id; 0 writes to all units of the line.'),
  timeoutMs: withDefault(timeout, 1_000, TIMEOUT_TEXT),
  turnaroundMs: turnaround,
  ...unitFields,
};

/** What `gateway.json` says of a device of type `modbus-rtu`. */
export const modbusRtuFields = {
  line: required(text({ ...DEVICE_NAME, expected: 'the name of a line in "lines"' }), 'Name of a line in "lines".'),
  unitId: withDefault(lineUnitId, 1, 'Unit id; 0 writes to all units of the line.'),
  timeoutMs: optional(timeout, 'Deadline of a request, in milliseconds; that of the line unless given.'),
  ...unitFields,
};
