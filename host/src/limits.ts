/** A limit on what one module may use. `docs/limits.md` is compared with this table. */
export interface Limit {
  readonly default: number;
  /** The most a deployment may grant. */
  readonly max: number;
  readonly unit: 'bytes' | 'entries' | 'timers' | 'requests' | 'lines/s' | 'ms';
  readonly text: string;
}

/** Limits by module, set in a deployment under `settings.limits` with the same names. */
export const MODULE_LIMITS = {
  moduleBytes: { default: 4_194_304, max: 67_108_864, unit: 'bytes', text: 'Size of the module file.' },
  memoryBytes: {
    default: 4_194_304,
    max: 1_073_741_824,
    unit: 'bytes',
    text: 'Linear memory; rounded down to pages of 65,536 bytes.',
  },
  tableEntries: { default: 10_000, max: 1_000_000, unit: 'entries', text: 'Entries of each table.' },
  messageBytes: {
    default: 32_768,
    max: 262_144,
    unit: 'bytes',
    text: 'Body and properties of one message that the module emits.',
  },
  timers: { default: 16, max: 64, unit: 'timers', text: 'Timers at the same time.' },
  pendingRequests: {
    default: 16,
    max: 256,
    unit: 'requests',
    text: 'Device requests that wait for an answer, subscriptions included.',
  },
  logLinesPerSecond: {
    default: 20,
    max: 1_000,
    unit: 'lines/s',
    text: 'Log lines, with a burst of ten seconds; the rest is dropped and counted.',
  },
} as const satisfies Record<string, Limit>;

export type ModuleLimitName = keyof typeof MODULE_LIMITS;
export type ModuleLimits = { readonly [Name in ModuleLimitName]: number };

/** Limits by input queue, set in a deployment under `settings.inputs.NAME`. */
export const QUEUE_LIMITS = {
  bytes: { default: 65_536, max: 67_108_864, unit: 'bytes', text: 'Room of the queue of one input, frames included.' },
} as const satisfies Record<string, Limit>;

/** Limits of the ABI itself, the same for every module. */
export const ABI_LIMITS = {
  nameBytes: 128,
  inputs: 64,
  outputs: 64,
  propertyEntries: 64,
  propertiesBytes: 65_535,
  stateKeyBytes: 256,
  stateValueBytes: 65_536,
  stateEntryOverheadBytes: 64,
  hops: 32,
  logTextBytes: 8_192,
  timers: 64,
  manifestBytes: 65_536,
  methodPayloadBytes: 131_072,
  twinSectionBytes: 32_768,
  twinValueBytes: 4_096,
  twinKeyBytes: 1_024,
  twinDepth: 10,
} as const;
