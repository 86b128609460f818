import { readFileSync } from 'node:fs';

/** How many bytes of addresses this process can have, and what says so. */
export interface AddressSpace {
  readonly bytes: number;
  /** Bits of an address that a process can use: 47 on most machines, 39 on many 64-bit boards. */
  readonly bits: number;
  /** What `ulimit -v` allows; absent without such a limit. */
  readonly limitBytes?: number;
}

const NARROW = new Set<string>(['arm', 'ia32', 'mips', 'mipsel', 'ppc']);
const NARROW_BITS = 32;
/** Every 64-bit system but Linux gives its processes at least so many. */
const WIDE_BITS = 47;

/** Looks how wide addresses are here: Linux puts the stack at their top, so that the memory map of the process shows it. */
export function readAddressSpace(): AddressSpace {
  if (NARROW.has(process.arch)) return addressSpace(NARROW_BITS, readText('/proc/self/limits'));
  if (process.platform !== 'linux') return addressSpace(WIDE_BITS, '');
  return addressSpace(addressBits(readText('/proc/self/maps')), readText('/proc/self/limits'));
}

function addressSpace(bits: number, limits: string): AddressSpace {
  const limitBytes = addressLimit(limits);
  const widest = 2 ** bits;
  return limitBytes === undefined ? { bytes: widest, bits } : { bytes: Math.min(widest, limitBytes), bits, limitBytes };
}

/** Bits of the highest address in the text of `/proc/self/maps`, without what the kernel maps into its own half. */
export function addressBits(maps: string): number {
  let top = 0;
  for (const [, end] of maps.matchAll(/^[0-9a-f]+-([0-9a-f]+) /gm)) {
    const address = Number.parseInt(end as string, 16);
    if (address < 2 ** 57 && address > top) top = address;
  }
  return top === 0 ? WIDE_BITS : Math.ceil(Math.log2(top));
}

/** The soft limit of the address space in the text of `/proc/self/limits`, in bytes; undefined when there is none. */
export function addressLimit(limits: string): number | undefined {
  const bytes = /^Max address space +(\d+)/m.exec(limits)?.[1];
  return bytes === undefined ? undefined : Number(bytes);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
