/** Whose fault an error is; decides who is told and whether trying again can help. */
export type ErrorKind = 'usage' | 'denied' | 'limit' | 'guest' | 'io' | 'aborted' | 'bug';

/** Every code the host can report, with its kind and one sentence. `docs/errors.md` is compared with this table. */
export const ERRORS = {
  CLI_USAGE: { kind: 'usage', text: 'The command line has an unknown command, an unknown option or a missing value.' },
  FILE_MISSING: {
    kind: 'usage',
    text: 'A file that the command line or a configuration names does not exist or cannot be read.',
  },
  JSON_SYNTAX: { kind: 'usage', text: 'A file is not valid JSON.' },
  MANIFEST_INVALID: {
    kind: 'usage',
    text: 'A value in a deployment manifest is missing, unknown or not of the expected type.',
  },
  GATEWAY_INVALID: {
    kind: 'usage',
    text: 'A value in the gateway configuration is missing, unknown or not of the expected type.',
  },
  GRANT_UNKNOWN_DEVICE: {
    kind: 'usage',
    text: 'A grant names a device or poll that neither the deployment nor the gateway configuration has.',
  },
  GRANT_UNKNOWN_SECRET: {
    kind: 'usage',
    text: 'A grant or a device names a secret that the gateway configuration does not have.',
  },
  GRANT_INVALID: { kind: 'usage', text: 'A grant is not written as its capability expects.' },
  GRANT_CONFLICT: {
    kind: 'usage',
    text: 'A grant gives a module what can only belong to one, and belongs to another module already.',
  },
  DEVICE_CONFLICT: {
    kind: 'usage',
    text: 'Devices or serial lines do not fit together: a line is missing, or two have the same port or unit.',
  },
  DEVICE_REPLACED: {
    kind: 'usage',
    text: 'A device or line of the deployment is replaced by that of the gateway configuration, which differs.',
  },
  DEVICE_UNUSED: { kind: 'usage', text: 'No grant names a device, or no device a serial line.' },
  ROUTE_SYNTAX: { kind: 'usage', text: 'A route does not follow the grammar of the route language.' },
  ROUTE_TYPE: { kind: 'usage', text: 'A route condition compares or combines values of different types.' },
  ROUTE_UNKNOWN_FUNCTION: {
    kind: 'usage',
    text: 'A route condition calls a function that does not exist or with a wrong number of arguments.',
  },
  ROUTE_UNKNOWN_MODULE: {
    kind: 'usage',
    text: 'A route names a module, an input or an output that the deployment does not have.',
  },
  ROUTE_CYCLE: {
    kind: 'usage',
    text: 'Routes form a cycle of inputs that pause their producer, which would stop all of them for ever.',
  },
  ROUTE_NEVER_FIRES: { kind: 'usage', text: 'A route condition can never be true for what its source sends.' },
  MODULE_UNREACHABLE: {
    kind: 'usage',
    text: 'No route leads to a module that waits for messages, or none takes what a module sends.',
  },
  MODULE_MISSING: { kind: 'usage', text: 'The file of a module does not exist or cannot be read.' },
  MODULE_MANIFEST_INVALID: {
    kind: 'guest',
    text: 'The description inside a module file is not what the format expects.',
  },
  WASM_MALFORMED: { kind: 'guest', text: 'A module file is not a valid WebAssembly module.' },
  WASM_UNSUPPORTED: { kind: 'guest', text: 'A module uses a WebAssembly feature that the host does not accept.' },
  WASM_LIMIT: {
    kind: 'limit',
    text: 'A module is larger than its limits allow, in bytes, memory, table or function size.',
  },
  SIGNATURE_MISSING: { kind: 'denied', text: 'A module is not signed.' },
  SIGNATURE_MALFORMED: { kind: 'guest', text: 'The signature section of a module is not what the format expects.' },
  SIGNATURE_PARTIAL: {
    kind: 'denied',
    text: 'A module is signed in parts; only one signature over the whole module is accepted.',
  },
  SIGNATURE_INVALID: {
    kind: 'denied',
    text: 'A module was changed after it was signed, or its signature is not by the key that it names.',
  },
  SIGNATURE_UNTRUSTED: {
    kind: 'denied',
    text: 'No trusted key signed a module, or none that is trusted for its name.',
  },
  TRUST_INVALID: {
    kind: 'denied',
    text: 'The list of trusted keys is not what the format expects, or no root key signed it.',
  },
  TRUST_ROLLBACK: { kind: 'denied', text: 'The list of trusted keys is older than one that the gateway has seen.' },
  VERSION_ROLLBACK: { kind: 'denied', text: 'A module is older than the version that the gateway has run.' },
  STATE_LOST: { kind: 'io', text: 'What the host remembers cannot be read or written.' },
  ABI_VERSION: { kind: 'guest', text: 'A module speaks a version of the ABI that this host does not.' },
  ABI_EXPORT: { kind: 'guest', text: 'A module lacks an export that the ABI requires, or has it with another type.' },
  ABI_IMPORT: { kind: 'guest', text: 'A module imports something that the ABI does not have, or with another type.' },
  IMPORT_NOT_GRANTED: { kind: 'denied', text: 'A module imports a capability that the deployment does not grant.' },
  MODULE_TRAPPED: { kind: 'guest', text: 'A module trapped; everything it did for the event at hand is discarded.' },
  MODULE_ABORTED: {
    kind: 'guest',
    text: 'A module aborted with a message; everything it did for the event at hand is discarded.',
  },
  MODULE_OUT_OF_FUEL: {
    kind: 'limit',
    text: 'A module needed more fuel for one call than its limit allows; everything it did for the event is discarded.',
  },
  MODULE_OUT_OF_STACK: {
    kind: 'limit',
    text: 'A module needed more stack for one call than its limit allows; everything it did for the event is discarded.',
  },
  MODULE_REFUSED: {
    kind: 'guest',
    text: 'A module returned a status other than 0 for an event; everything it did for the event is discarded.',
  },
  MODULE_BAD_INBOX: { kind: 'guest', text: 'The allocator of a module returned a block outside its memory.' },
  CAPABILITY_DENIED: { kind: 'denied', text: 'A module asked for something outside its grant.' },
  GUEST_ARGUMENT: { kind: 'guest', text: 'A module passed a pointer, length, id or encoding that is not valid.' },
  LIMIT_MESSAGE: { kind: 'limit', text: 'A message is larger than the limit of its sender.' },
  LIMIT_QUEUE: { kind: 'limit', text: 'A queue is full; what its policy says happens.' },
  LIMIT_HOPS: {
    kind: 'limit',
    text: 'A message went through 32 modules and is dropped, as if its routes form a loop.',
  },
  LIMIT_FUEL: {
    kind: 'limit',
    text: 'A module has used more fuel than it had and is paused until it has some again.',
  },
  LIMIT_MESSAGES: { kind: 'limit', text: 'A module emits more messages in a second than its limit allows.' },
  LIMIT_JSON: {
    kind: 'limit',
    text: 'The host has read as much JSON for one event of a module as one call may cost.',
  },
  LIMIT_TIMERS: { kind: 'limit', text: 'A module uses more timers than its limit allows.' },
  LIMIT_REQUESTS: {
    kind: 'limit',
    text: 'A module has more device requests pending, or makes a larger one, than its limits allow.',
  },
  LIMIT_STATE: { kind: 'limit', text: 'The state of a module would be larger than its grant.' },
  LIMIT_LOG: {
    kind: 'limit',
    text: 'A module writes more log lines than its limit allows; the rest is dropped and counted.',
  },
  LIMIT_TWIN: { kind: 'limit', text: 'A twin section, key or value is larger than the limits of a twin.' },
  METHOD_NOT_FOUND: {
    kind: 'usage',
    text: 'A direct method is called on a module that does not exist or does not run.',
  },
  METHOD_TIMEOUT: { kind: 'io', text: 'A module did not answer a direct method in time.' },
  SERIAL_MISSING: { kind: 'io', text: 'The package for serial ports is not installed.' },
  BLUETOOTH_MISSING: { kind: 'io', text: 'The package for Bluetooth is not installed.' },
  BLUETOOTH_UNAVAILABLE: { kind: 'io', text: 'The Bluetooth adapter is not there, or does not work.' },
  DEVICE_UNREACHABLE: { kind: 'io', text: 'A device does not accept a connection.' },
  DEVICE_TIMEOUT: { kind: 'io', text: 'A device did not answer in time; its connection is dropped.' },
  LISTEN_FAILED: {
    kind: 'io',
    text: 'A server or listener of the gateway cannot listen, because of its address or its certificate; it tries again.',
  },
  CLIENT_DENIED: {
    kind: 'denied',
    text: 'A client of a server of the gateway is not allowed, or asks for what nobody grants.',
  },
  CLIENT_LIMIT: {
    kind: 'limit',
    text: 'A client of a server of the gateway is one too many, too fast, too slow, or does not read.',
  },
  CLIENT_PROTOCOL: {
    kind: 'io',
    text: 'A client of a server of the gateway sent something that does not follow the protocol; it is disconnected.',
  },
  DEVICE_CLOSED: { kind: 'io', text: 'A device closed its connection while a request waited for its answer.' },
  DEVICE_EXCEPTION: { kind: 'io', text: 'A device refused a request with an exception code.' },
  DEVICE_PROTOCOL: {
    kind: 'io',
    text: 'A device sent something that does not follow its protocol; its connection is dropped.',
  },
  DEVICE_REFUSED: {
    kind: 'denied',
    text: 'A device and the gateway do not accept who the other one is, or what the gateway asks for.',
  },
  LISTENER_LOGIN: { kind: 'denied', text: 'A client of a listener did not prove who it is.' },
  LISTENER_DENIED: { kind: 'denied', text: 'A leaf device asked a listener for a topic outside its permissions.' },
  LISTENER_LIMIT: {
    kind: 'limit',
    text: 'A client of a listener is turned away or cut off, because it sent or asked for more than it may, or was too slow.',
  },
  SECRET_UNAVAILABLE: { kind: 'io', text: 'A secret of the gateway cannot be read; what needs it is not sent.' },
  WRITE_EXPIRED: { kind: 'io', text: 'A write to a device was not sent because its time had passed.' },
  WRITE_UNKNOWN: { kind: 'io', text: 'A write to a device was sent but not confirmed; it is not repeated.' },
  TIME_UNKNOWN: {
    kind: 'io',
    text: 'The clock is not set: it says less than it can, or far more.',
  },
  UPLINK_UNREACHABLE: { kind: 'io', text: 'The hub or broker does not accept a connection.' },
  UPLINK_TLS: { kind: 'io', text: 'The certificate of the hub or broker, or ours, is not accepted.' },
  UPLINK_REFUSED: { kind: 'denied', text: 'The hub or broker refuses the credentials of an identity.' },
  UPLINK_DROPPED: { kind: 'limit', text: 'Messages for the hub are dropped because the queue for them is full.' },
  METRICS_UNAVAILABLE: { kind: 'io', text: 'The address for /metrics and /health cannot be listened on.' },
  HOST_UNREACHABLE: { kind: 'io', text: 'No running host could be asked how it is.' },
  SERVICE_MANAGER_UNREACHABLE: {
    kind: 'io',
    text: 'The service manager that started the host cannot be told how it is.',
  },
  BUNDLE_FAILED: { kind: 'io', text: 'The support bundle cannot be written.' },
  JOURNAL_LOCKED: { kind: 'usage', text: 'Another process uses the folder of the journal.' },
  JOURNAL_DAMAGED: {
    kind: 'io',
    text: 'Files of the journal are damaged; what cannot be read is passed over and counted.',
  },
  JOURNAL_DEGRADED: {
    kind: 'io',
    text: 'The journal cannot write to its disk; messages stay in bounded memory until it can.',
  },
  JOURNAL_FULL: { kind: 'limit', text: 'A queue of the journal has reached its quota; what its policy says happens.' },
  SECURITY_LOG_LOST: {
    kind: 'io',
    text: 'The security log cannot be written; what it lacks is counted and is in the ordinary log.',
  },
  CELL_STUCK: {
    kind: 'guest',
    text: 'The thread of a module worked on one event without an end; it is ended and started again.',
  },
  MODULE_POISONED: {
    kind: 'guest',
    text: 'A module brought its thread down for the second time and is not started again until the deployment changes.',
  },
  CELL_LOST: { kind: 'io', text: 'The thread that holds the modules ended unexpectedly and is started again.' },
  ABORTED: { kind: 'aborted', text: 'The work was given up because the host is closing.' },
  INTERNAL: { kind: 'bug', text: 'The host itself made a mistake; please report it.' },
} as const satisfies Record<string, { kind: ErrorKind; text: string }>;

export type ErrorCode = keyof typeof ERRORS;

export interface GatehouseErrorOptions {
  /** What a reader needs to find the place: path in a file, offset in bytes, device, module. Plain JSON values. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** An error of the host that a person or a program can act on: a stable code, a sentence, and the place as details. */
export class GatehouseError extends Error {
  override readonly name = 'GatehouseError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: GatehouseErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  get kind(): ErrorKind {
    return ERRORS[this.code].kind;
  }
}

/** One thing wrong in a file that a person wrote. `check` collects all of them before it says anything. */
export interface Problem {
  /** A note says what holds, and that nothing is wrong with it. */
  readonly severity: 'error' | 'warning' | 'note';
  readonly code: ErrorCode;
  /** The file, as it was named to us. */
  readonly file: string;
  /** Where in the file: a path such as `modulesContent.$edgeAgent.properties.desired.modules.pump.settings.image`. */
  readonly path: string;
  /** Line and column of the place, from 1; columns count UTF-16 units, as editors do. */
  readonly line?: number;
  readonly column?: number;
  /** The module that cannot start because of it; absent when the problem concerns the file as a whole. */
  readonly module?: string;
  /** What is wrong, what was expected and what came, as one sentence for a person. */
  readonly message: string;
}
