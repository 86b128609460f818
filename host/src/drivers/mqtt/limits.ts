/** Limits of MQTT; `docs/limits.md` is compared with this table. */
export const MQTT_LIMITS = {
  topicBytes: 1_024,
  topicLevels: 32,
  payloadBytes: 65_536,
  packetBytes: 262_144,
  waitingPublishes: 64,
  inFlight: 32,
  heldMessages: 64,
  heldBytes: 262_144,
  brokerTopics: 64,
  users: 1_024,
  clients: 4_096,
  unknownClients: 64,
  subscriptions: 64,
  outgoingBytes: 262_144,
  retainedMessages: 1_024,
  retainedBytes: 1_048_576,
} as const;
