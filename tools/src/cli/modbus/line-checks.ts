import type { PlaceConfig } from './place.ts';

/** What to look at when what came over TCP is no answer, most likely first. */
export const STRANGE_TCP = [
  'Is it Modbus TCP that the port speaks? A device server that hands frames on as they are needs --rtu-tcp.',
];
/** The same for a line. */
export const STRANGE_LINE = [
  'Two devices with the same unit id answer at once: take one off the line.',
  'Damaged bytes: termination (120 ohms at both ends), shield, other parity or stop bits, a long cable at a high baud rate.',
  'Another master on the line, such as a gatehouse-host that runs: there can be only one.',
];

/** What to look at when a unit does not answer, most likely first. */
export function silenceChecks({ config }: PlaceConfig): readonly string[] {
  const unit = `Is the unit id ${config.unitId}? gatehouse modbus scan finds those that answer.`;
  const slow = 'A slow device needs a longer --timeout.';
  if (config.type === 'modbus-tcp')
    return [
      unit,
      'A device without a line behind it often wants --unit 1, 0 or 255.',
      'Behind a Modbus gateway: is the unit powered, and is its line wired and set as the gateway expects?',
      slow,
    ];
  const settings =
    config.type === 'modbus-rtu'
      ? 'Are baud rate, parity and stop bits those of the device? gatehouse modbus scan --settings all tries the usual ones.'
      : 'Are baud rate, parity and stop bits of the device server those of the device?';
  return [
    'Is the device powered? Are A and B (D+ and D-) swapped? Many makers name them the other way round. Is the common wire there?',
    unit,
    settings,
    'Is the line terminated at both ends (120 ohms), and nowhere else?',
    'There can be one master only: is a gatehouse-host, a SCADA or a display on the same line?',
    slow,
  ];
}
