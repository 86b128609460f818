import type { Property } from '../../abi/properties.ts';
import { ABI_LIMITS } from '../../limits.ts';
import type { LeafMessage } from '../leaf-message.ts';

/** A PUBLISH that has arrived. */
export interface ArrivedPublish {
  readonly topic: string;
  readonly payload: string | Buffer;
  readonly retain: boolean;
  readonly properties?: { readonly userProperties?: Readonly<Record<string, string | readonly string[]>> };
}

/** Names that only the host gives. */
const OWN = new Set(['topic', 'retain']);
const ENTRY_HEAD_BYTES = 4;

/**
 * The message that a PUBLISH becomes: its topic, and whether it was retained, as properties, and behind them its user
 * properties, without those whose names are the host's and without repetitions. Undefined when they are more than a message
 * can carry.
 */
export function toLeafMessage(leaf: string, publish: ArrivedPublish): LeafMessage | undefined {
  const properties = new Map<string, string>([['topic', publish.topic]]);
  if (publish.retain) properties.set('retain', 'true');
  for (const [name, value] of Object.entries(publish.properties?.userProperties ?? {})) {
    if (name === '' || name.startsWith('$') || OWN.has(name.toLowerCase())) continue;
    const first = typeof value === 'string' ? value : value[0];
    if (first !== undefined) properties.set(name, first);
  }
  const entries: Property[] = [...properties];
  if (entries.length > ABI_LIMITS.propertyEntries || bytesOf(entries) > ABI_LIMITS.propertiesBytes) return undefined;
  const { payload } = publish;
  return { leaf, properties: entries, body: typeof payload === 'string' ? Buffer.from(payload) : payload };
}

function bytesOf(properties: readonly Property[]): number {
  let bytes = 0;
  for (const [key, value] of properties) bytes += ENTRY_HEAD_BYTES + Buffer.byteLength(key) + Buffer.byteLength(value);
  return bytes;
}
