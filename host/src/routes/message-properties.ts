/** A property of a message as it travels: system properties have names that begin with `$.`. */
type TravellingProperty = readonly [name: string, value: string];

/** System properties that a sender may set, with the keys under which they travel. */
const SETTABLE: Readonly<Record<string, string>> = {
  contentType: '$.ct',
  contentEncoding: '$.ce',
  correlationId: '$.cid',
  cid: '$.cid',
  userId: '$.uid',
  to: '$.to',
  creationTime: '$.ctime',
  messageSchema: '$.schema',
  'dt-subject': '$.sub',
};

/** System properties that say who sent a message, and which one it is: in a condition `$name` means the host's word. */
const STAMPED: ReadonlySet<string> = new Set([
  '$connectiondeviceid',
  '$connectionmoduleid',
  '$connectionauthmethod',
  '$connectiondevicegenerationid',
  '$outputname',
  '$inputname',
  '$messageid',
  '$enqueuedtime',
]);

/** Whether a condition may read an application property of that name. */
export function isReadable(name: string): boolean {
  return !name.startsWith('$.') && !STAMPED.has(name.toLowerCase());
}

/** An application property by its name, without regard to case. */
export function readProperty(properties: readonly TravellingProperty[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  return properties.find(([key]) => key === name || key.toLowerCase() === wanted)?.[1];
}

/** The key under which a system property travels that its sender may set; undefined for any other. */
export function settableKey(name: string): string | undefined {
  return Object.hasOwn(SETTABLE, name) ? SETTABLE[name] : undefined;
}
