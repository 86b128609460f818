/** Limits of Modbus servers, the same for every gateway. */
export const MODBUS_SERVER_LIMITS = {
  /** Largest `maxClients` of one server. */
  clients: 64,
  /** Entries of `clients` of one server. */
  clientRules: 64,
  /** Unit ids of one server. */
  unitIds: 16,
  /** Values of one request that sets some. */
  setValues: 2_000,
  /** Writes that wait for one module at one server; those of one address are at most as many as there is room left, the next one is answered busy. */
  waitingWrites: 64,
  /** Requests of one module that wait for a write at one server. */
  waitingTakes: 64,
  /** Longest time that a request waits for a write. */
  takeMs: 3_600_000,
  /** Longest time that a frame may take to come, from its first byte. */
  frameMs: 5_000,
  /** Answers that a client has not read, in bytes. */
  backlogBytes: 65_536,
} as const;
