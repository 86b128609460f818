/** Limits of the layout and of grants; `docs/limits.md` is compared with this table. */
export const HTTP_LIMITS = {
  hostBytes: 253,
  pathBytes: 2_048,
  headers: 16,
  headersBytes: 4_096,
  requestBytes: 65_536,
  /** With its head it must find room in an empty ring to the cell, wherever that stands. */
  answerBytes: 196_608,
  answerHeaderBytes: 2_048,
  answerHeadBytes: 16_384,
  timeoutMs: 60_000,
  redirects: 5,
  activeByModule: 4,
  active: 32,
  waitingByModule: 16,
  lookupsByModule: 2,
} as const;
