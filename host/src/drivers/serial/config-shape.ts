import { freeText, integer, oneOf, refine, required, type Shape, tagged, text, withDefault } from '../../json/index.ts';
import type { Framing } from './config.ts';
import { FRAME_BYTES_MAX } from './request-codec.ts';

const DELIMITER_BYTES_MAX = 8;

const PATH = { expected: 'the path of a serial port', pattern: /^[^\0]{1,255}$/, maxBytes: 255 };

const framing: Shape<Framing> = tagged(
  {
    delimiter: {
      delimiter: required(
        refine(freeText({ maxBytes: DELIMITER_BYTES_MAX }), (value, node, place) =>
          value === '' ? place.refuse(node.offset, 'expected at least one character') : value,
        ),
        'Text behind each frame, such as "\\r\\n".',
      ),
    },
    length: {
      offset: withDefault(integer({ min: 0, max: 64 }), 0, 'Where in a frame its length is, in bytes.'),
      bytes: withDefault(integer({ min: 1, max: 4 }), 1, 'Bytes of that number.'),
      order: withDefault(oneOf('big', 'little'), 'big', 'Whether its first byte is the highest.'),
      adds: withDefault(
        integer({ min: -64, max: FRAME_BYTES_MAX, unit: 'bytes' }),
        0,
        'Bytes of a frame that the number does not count.',
      ),
    },
    silence: {
      gapMs: required(
        integer({ min: 1, max: 60_000, unit: 'milliseconds' }),
        'Time without a byte that ends a frame, in milliseconds.',
      ),
    },
  },
  { expected: 'an object that says how frames are told apart', text: 'How frames are told apart.' },
);

/** What `gateway.json` says of a device of type `serial`. */
export const serialFields = {
  path: required(text(PATH), 'Path of the port, such as "/dev/serial/by-id/...".'),
  baudRate: withDefault(integer({ min: 50, max: 4_000_000, unit: 'baud' }), 9_600, 'Speed of the line.'),
  dataBits: withDefault(
    refine(integer({ min: 7, max: 8, unit: 'bits' }), (bits) => bits as 7 | 8),
    8,
    'Bits of a character.',
  ),
  parity: withDefault(oneOf('none', 'even', 'odd'), 'none', 'Parity bit of a character.'),
  stopBits: withDefault(
    refine(integer({ min: 1, max: 2, unit: 'bits' }), (bits) => bits as 1 | 2),
    1,
    'Stop bits of a character.',
  ),
  framing: required(framing, 'How frames are told apart.'),
  frameBytes: withDefault(
    integer({ min: 1, max: FRAME_BYTES_MAX, unit: 'bytes' }),
    1_024,
    'Longest frame; a longer one is thrown away.',
  ),
  timeoutMs: withDefault(
    integer({ min: 10, max: 60_000, unit: 'milliseconds' }),
    1_000,
    'Deadline of a write, and of the answer to an exchange, in milliseconds.',
  ),
};
