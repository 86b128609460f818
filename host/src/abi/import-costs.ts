import type { ImportCosts } from '../sandbox/index.ts';

/**
 * What a call of an import costs a module, in units of fuel, taken before the call: a base, and something for the bytes that the
 * host reads or writes. `docs/limits.md` is compared with this table.
 */
export const IMPORT_COSTS = {
  'message.input': { base: 200, bytes: [1], bytesPerFuel: 2 },
  'message.output': { base: 200, bytes: [1], bytesPerFuel: 2 },
  'message.emit': { base: 150, bytes: [3, 5], bytesPerFuel: 4 },
  'message.source': { base: 100, bytes: [2], bytesPerFuel: 16 },
  'log.write': { base: 500, bytes: [2], bytesPerFuel: 2 },
  'log.abort': { base: 500, bytes: [1, 3], bytesPerFuel: 2 },
  'timer.set': { base: 300 },
  'timer.clear': { base: 300 },
  'twin.report': { base: 2_000, bytes: [1], bytesPerFuel: 2 },
  'method.respond': { base: 1_000, bytes: [3], bytesPerFuel: 2 },
  'kv.get': { base: 500, bytes: [1, 3], bytesPerFuel: 8 },
  'kv.set': { base: 1_000, bytes: [1, 3], bytesPerFuel: 2 },
  'kv.remove': { base: 500, bytes: [1], bytesPerFuel: 4 },
  'modbus.request': { base: 1_000, bytes: [1], bytesPerFuel: 2 },
  'serial.request': { base: 1_000, bytes: [1], bytesPerFuel: 2 },
  'modbus-server.request': { base: 1_000, bytes: [1], bytesPerFuel: 2 },
  /** As much as a module can pay for as many requests as it may have pending in one call; the bench `http-request` has what they cost. */
  'http.request': { base: 1_000_000, bytes: [1], bytesPerFuel: 2 },
  'ble.request': { base: 2_000, bytes: [1], bytesPerFuel: 2 },
  'mqtt.request': { base: 2_000, bytes: [1], bytesPerFuel: 2 },
} as const satisfies ImportCosts;

/** What reading costs beyond that, charged when the event is over: the rewritten module cannot know whether the host will read something. */
export const JSON_COSTS = {
  /** A property of a message; a block of them that breaks a rule costs as the largest. */
  property: 1_000,
  /** A text that is not JSON: for the engine, to refuse it is more work than to read a short one. */
  refusedText: 20_000,
  /** A byte of a body that a route reads, or of a response to a direct method. */
  parsedByte: 20,
  /** A byte of a patch of reported properties: it is read, judged and merged. */
  patchByte: 100,
  /** A character of the section that it is merged into, as JSON text. */
  sectionCharacter: 50,
} as const;
