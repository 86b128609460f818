// Without node:net, so that what the cell knows of grants reaches no socket.

type Network = readonly [address: readonly number[], bits: number];

/** IPv4 addresses that are not somebody else's on the internet: IANA's special ones, and a metadata service that has a public one. */
const SPECIAL_V4: readonly Network[] = [
  [[0], 8],
  [[10], 8],
  [[100, 64], 10],
  [[127], 8],
  [[168, 63, 129, 16], 32],
  [[169, 254], 16],
  [[172, 16], 12],
  [[192, 0, 0], 24],
  [[192, 0, 2], 24],
  [[192, 88, 99], 24],
  [[192, 168], 16],
  [[198, 18], 15],
  [[198, 51, 100], 24],
  [[203, 0, 113], 24],
  [[224], 3],
];

/** Of IPv6 only 2000::/3 is given out; these are exceptions within it. */
const GLOBAL_V6: Network = [[0x20], 3];
const SPECIAL_V6: readonly Network[] = [
  // Protocols and tunnels, Teredo among them, whose addresses hold an IPv4 address that nobody has looked at.
  [[0x20, 0x01, 0x00], 23],
  [[0x20, 0x01, 0x0d, 0xb8], 32],
  [[0x20, 0x02], 16],
  [[0x3f, 0xff, 0x00], 20],
];

/** Prefixes of 96 bits with an IPv4 address behind: mapped, and translated by NAT64. */
const MAPPED: Network = [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff], 96];
const NAT64: Network = [[0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0], 96];

export const isAddress = (text: string): boolean => addressBytes(text) !== undefined;

/** Whether an address is on the internet: not private, loopback, link-local, unique-local, reserved, or of a metadata service. */
export function isPublicAddress(text: string): boolean {
  const bytes = addressBytes(text);
  if (bytes === undefined) return false;
  if (bytes.length === 4) return isPublicV4(bytes);
  if (isIn(bytes, MAPPED) || isIn(bytes, NAT64)) return isPublicV4(bytes.slice(12));
  return isIn(bytes, GLOBAL_V6) && !SPECIAL_V6.some((network) => isIn(bytes, network));
}

const isPublicV4 = (bytes: readonly number[]): boolean => !SPECIAL_V4.some((network) => isIn(bytes, network));

function isIn(bytes: readonly number[], [network, bits]: Network): boolean {
  for (let i = 0; i * 8 < bits; i++) {
    const mask = (0xff00 >> Math.min(bits - i * 8, 8)) & 0xff;
    if (((bytes[i] ?? 0) & mask) !== ((network[i] ?? 0) & mask)) return false;
  }
  return true;
}

const V4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** The 4 or 16 bytes of an address; undefined when it is none, or belongs to one interface only. */
function addressBytes(text: string): number[] | undefined {
  if (V4.test(text)) return text.split('.').map(Number);
  const url = `http://[${text}]/`;
  if (!/^[0-9A-Fa-f:.]+$/.test(text) || !URL.canParse(url)) return undefined;
  // The short form, with an IPv4 address at its end in hexadecimal as well.
  const [head = '', tail] = new URL(url).hostname.slice(1, -1).split('::');
  const words = (part: string | undefined): number[] =>
    part === undefined || part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16));
  const front = words(head);
  const back = words(tail);
  const all = [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back];
  return all.flatMap((word) => [word >> 8, word & 0xff]);
}
