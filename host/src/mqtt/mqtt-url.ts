import { refine, type Shape, text } from '../json/index.ts';

/** Address of a hub or broker. */
export interface MqttUrl {
  readonly text: string;
  readonly host: string;
  readonly encrypted: boolean;
}

const EXPECTED = 'a url such as mqtts://hub.example:8883';

/** `mqtts://host[:port]` or `mqtt://host[:port]`. Credentials in it are refused and not repeated. */
export const mqttUrl: Shape<MqttUrl> = refine(
  text({ expected: EXPECTED, secret: true, pattern: /^mqtts?:\/\/[^\s]+$/ }),
  (value, node, place) => {
    const url = parseUrl(value);
    if (url === undefined || url.hostname === '') return place.refuse(node.offset, `expected ${EXPECTED}`);
    if (url.username !== '' || url.password !== '') {
      return place.refuse(node.offset, 'expected a url without user and password; they have members of their own');
    }
    if (url.search !== '' || url.hash !== '' || !['', '/'].includes(url.pathname)) {
      return place.refuse(node.offset, `expected a url without anything behind the port, got ${JSON.stringify(value)}`);
    }
    return { text: value.replace(/\/$/, ''), host: url.hostname, encrypted: url.protocol === 'mqtts:' };
  },
);

function parseUrl(value: string): URL | undefined {
  try {
    return new URL(value);
  } catch {
    return undefined;
  }
}
