import { messageFrame, timerFrame } from '../../sdk/test/lib/event-frames.ts';

const TELEMETRY = {
  device: 'pump',
  time: 1767225600123,
  pressure: 87.3,
  casing: 12.25,
  current: 18.4,
  temperature: 61.3,
  strokes: 7.1,
  running: true,
};

/** What is measured, each with the frame that asks a subject for it. */
export const CASES = {
  'read 3 of 8 members': messageFrame({ source: 0, isJson: true, body: JSON.stringify(TELEMETRY) }),
  'read 200 numbers': messageFrame({
    source: 1,
    isJson: true,
    body: JSON.stringify(Array.from({ length: 200 }, (_, index) => Math.round(index * 7919.3) / 100)),
  }),
  'read 200 long numbers': messageFrame({
    source: 1,
    isJson: true,
    body: JSON.stringify(Array.from({ length: 200 }, (_, index) => Math.sin(index + 1) * 100)),
  }),
  'write 8 members': timerFrame(0, 0, { time: 1767225600123, monotonic: 8730 }),
  'write 8 members, one long': timerFrame(0, 1, { time: 1767225600123, monotonic: 8730 }),
} as const;

export type CaseName = keyof typeof CASES;

const head = '{"device":"pump","time":1,"pressure":2,"casing":3,"current":4,"temperature":5,"strokes":6,"running":';

/** Bodies that are not JSON; a reader that takes them hides a fault of the sender. */
export const INVALID: readonly Uint8Array[] = [
  `${head}true`,
  `${head}true}}`,
  `${head}true} x`,
  `${head}true,}`,
  `${head}tru}`,
  `${head}01}`,
  `${head}1.}`,
  `${head}+1}`,
  `${head}.5}`,
  `${head}1e}`,
  `${head}NaN}`,
  `${head}'x'}`,
  `${head}"\n"}`,
  `${head}"\\x"}`,
  `${head}"\\u12"}`,
  `${head}[1,]}`,
  `${head}[1 2]}`,
  `${head}{"a" 1}}`,
  `${head}{a:1}}`,
  `${head}true "more":1}`,
  `[${head}true}`,
  `${head}${'['.repeat(20_000)}`,
  '',
]
  .map((text) => Buffer.from(text))
  .concat([Buffer.concat([Buffer.from(`${head}"`), Buffer.from([0xff]), Buffer.from('"}')])])
  .map((body) => messageFrame({ source: 0, isJson: true, body }));
