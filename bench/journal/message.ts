import { encodeHead } from '../../host/src/journal/message-head.ts';

/** A message as a module of a gateway sends it: 200 bytes of JSON, its output and content type. */
export const MESSAGE = {
  name: 'gateway-0001/translate',
  head: encodeHead({
    output: 'telemetry',
    properties: [
      ['$.ct', 'application/json'],
      ['$.ce', 'utf-8'],
    ],
  }),
  body: Buffer.from(JSON.stringify({ value: 12.5 }).padEnd(200)),
} as const;
