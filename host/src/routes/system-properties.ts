/** The system properties that routes may name, as IoT Edge writes them. A message has those that its sender or the host set. */
export const SYSTEM_PROPERTIES = [
  'messageId',
  'enqueuedTime',
  'to',
  'cid',
  'correlationId',
  'userId',
  'ack',
  'connectionDeviceId',
  'connectionModuleId',
  'inputName',
  'outputName',
  'connectionDeviceGenerationId',
  'connectionAuthMethod',
  'contentType',
  'contentEncoding',
  'messageSchema',
  'messageType',
  'creationTime',
  'operation',
  'edgeMessageId',
  'edgeHubOriginInterface',
  'dt-subject',
] as const;

const CANONICAL: ReadonlyMap<string, string> = new Map(SYSTEM_PROPERTIES.map((name) => [name.toLowerCase(), name]));

/** The spelling of the table for a name in any case; other names stay as they are. */
export const canonicalSystemName = (name: string): string => CANONICAL.get(name.toLowerCase()) ?? name;
