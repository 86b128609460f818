/** A limit on what one module may use. `docs/limits.md` is compared with this table. */
export interface Limit {
  readonly default: number;
  /** The most a deployment may grant. */
  readonly max: number;
  readonly unit: 'bytes' | 'entries' | 'timers' | 'requests' | 'lines/s' | 'messages/s' | 'fuel' | 'fuel/s' | 'ms';
  readonly text: string;
}

/** Limits by module, set in a deployment under `settings.limits` with the same names. */
export const MODULE_LIMITS = {
  moduleBytes: { default: 4_194_304, max: 67_108_864, unit: 'bytes', text: 'Size of the module file.' },
  functionBytes: {
    default: 131_072,
    max: 1_048_576,
    unit: 'bytes',
    text: 'Size of the largest function of the module.',
  },
  memoryBytes: {
    default: 4_194_304,
    max: 1_073_741_824,
    unit: 'bytes',
    text: 'Linear memory; rounded down to pages of 65,536 bytes.',
  },
  tableEntries: { default: 10_000, max: 1_000_000, unit: 'entries', text: 'Entries of each table.' },
  stackBytes: {
    default: 262_144,
    max: 1_048_576,
    unit: 'bytes',
    text: 'Stack of one call of the module, counted in the same way everywhere.',
  },
  fuelPerCall: {
    default: 20_000_000,
    max: 2_000_000_000,
    unit: 'fuel',
    text: 'Work of one call of the module, 20,000,000 being about 5 ms; a call that needs more traps.',
  },
  fuelPerSecond: {
    default: 500_000_000,
    max: 100_000_000_000,
    unit: 'fuel/s',
    text: 'Work in the long run; a module that has used more than it had is paused until it has some again.',
  },
  fuelBurst: {
    default: 1_000_000_000,
    max: 100_000_000_000,
    unit: 'fuel',
    text: 'Work that a module may save up for a burst.',
  },
  messagesPerSecond: {
    default: 10_000,
    max: 10_000_000,
    unit: 'messages/s',
    text: 'Messages that the module emits, with a burst of one second; the rest is refused and counted.',
  },
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

/** Smallest value of a limit where 0 makes no sense. */
export const LIMIT_MINIMUM: Readonly<Partial<Record<ModuleLimitName, number>>> = {
  moduleBytes: 8,
  functionBytes: 1,
  memoryBytes: 65_536,
  stackBytes: 1_024,
  fuelPerCall: 1,
  fuelPerSecond: 1,
  fuelBurst: 1,
  messageBytes: 1,
};

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
  methodDepth: 64,
  twinSectionBytes: 32_768,
  twinValueBytes: 4_096,
  twinKeyBytes: 1_024,
  twinDepth: 10,
} as const;

/** Limits on what the host keeps and tells of security events, writes and its health, and on who reads `/metrics` and `/health`. */
export const REPORT_LIMITS = {
  securityTextCharacters: 512,
  securitySubjects: 8_192,
  securityEventsWaiting: 256,
  auditLinesPerSecond: 20,
  auditBurstSeconds: 10,
  metricsConnections: 8,
  metricsHeaderBytes: 8_192,
  healthEntries: 2_048,
  healthReasons: 32,
  healthReasonBytes: 4_096,
  healthTextBytes: 1_024,
  diskLowBytes: 67_108_864,
} as const;

/** Limits of signatures and of what a gateway trusts and remembers, the same for every gateway. */
export const SIGNATURE_LIMITS = {
  signatures: 8,
  keyIdBytes: 32,
  rootKeys: 4,
  trustedKeys: 64,
  namesOfKey: 64,
  commentBytes: 256,
  rememberedModules: 4_096,
} as const;

/** Limits of the journal, the same for every gateway. What can be set is in `JournalOptions`. */
export const JOURNAL_LIMITS = {
  bodyBytes: 262_144,
  headBytes: 65_535,
  nameBytes: 255,
  segmentBytesMin: 4_096,
  segmentBytesMax: 4_194_304,
  segmentsOfQuota: 8,
  cursorSlotBytes: 16_384,
  readAttempts: 8,
} as const;
