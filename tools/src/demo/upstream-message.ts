/** A message as it arrived at the broker, with its topic taken apart. */
export interface UpstreamArrival {
  readonly device: string;
  /** Absent for messages of the device itself. */
  readonly module?: string;
  readonly output?: string;
  readonly properties: ReadonlyMap<string, string>;
  readonly payload: Uint8Array;
}

const TOPIC = /^devices\/([^/]+)\/(?:modules\/([^/]+)\/)?messages\/events(?:\/(.*))?$/s;

/** Reads the telemetry topics of the IoT Hub device protocol; undefined for anything else. */
export function parseUpstream(topic: string, payload: Uint8Array): UpstreamArrival | undefined {
  const match = TOPIC.exec(topic);
  const device = match?.[1];
  if (device === undefined) return undefined;
  const module = match?.[2];
  const properties = parseBag(match?.[3] ?? '');
  const output = properties.get('$.on');
  return {
    device,
    ...(module === undefined ? {} : { module }),
    ...(output === undefined ? {} : { output }),
    properties,
    payload,
  };
}

/** `key=value&...`, both percent-encoded, perhaps with `?` in front and `/` behind. A key twice: the first one counts. */
function parseBag(text: string): Map<string, string> {
  const bag = new Map<string, string>();
  for (const entry of text.replace(/^\?/, '').replace(/\/$/, '').split('&')) {
    if (entry === '') continue;
    const at = entry.indexOf('=');
    const key = decode(at < 0 ? entry : entry.slice(0, at));
    if (!bag.has(key)) bag.set(key, at < 0 ? '' : decode(entry.slice(at + 1)));
  }
  return bag;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
