import { BtHomeKind, BtHomeObject, bthomeObject } from './bthome-objects';
import { hexText, signedLow, unsignedLow } from './bytes';
import { Members } from './members';

/** 16-bit UUID of the service whose data BTHome is. */
export const BTHOME_UUID: i32 = 0xfcd2;

/** Bits of the first byte. */
const ENCRYPTED: u32 = 1;
const VERSION_SHIFT: u32 = 5;
const VERSION: u32 = 2;

export const enum BtHomeOutcome {
  Decoded,
  /** Not version 2, an object that ends behind the data, or a value that its object cannot have. */
  Malformed,
  /** And there is no key, or it is not the one. */
  Encrypted,
  /** Objects were decoded up to one that nobody knows, whose length is not known either. */
  Partly,
  /** Encrypted data whose counter went back. */
  Replayed,
}

// ┌──────────────────────────────────────────┬────┬──────┬────┬──────┬─ ─
// │ version 3 bits, 2 reserved, trigger,     │ id │ data │ id │ data │
// │ reserved, encrypted                      │    │      │    │      │
// └──────────────────────────────────────────┴────┴──────┴────┴──────┴─ ─
//  0                                          1    2
/** Decodes service data of BTHome, version 2. */
export function decodeBtHome(at: usize, bytes: i32, members: Members): BtHomeOutcome {
  if (bytes < 1) return BtHomeOutcome.Malformed;
  const head: u32 = load<u8>(at);
  if (head >> VERSION_SHIFT != VERSION) return BtHomeOutcome.Malformed;
  if ((head & ENCRYPTED) != 0) return BtHomeOutcome.Encrypted;
  return decodeObjects(at + 1, bytes - 1, members);
}

/** Decodes the objects themselves, which of encrypted data are what was encrypted. */
export function decodeObjects(at: usize, bytes: i32, members: Members): BtHomeOutcome {
  const end = at + bytes;
  while (at < end) {
    const object = bthomeObject(load<u8>(at));
    if (object === null) return members.count > 0 ? BtHomeOutcome.Partly : BtHomeOutcome.Malformed;
    at++;
    let size = abs(object.size);
    if (size == 0) {
      if (at == end) return BtHomeOutcome.Malformed;
      size = load<u8>(at++);
    }
    if (at + size > end || !decodeObject(object, at, size, members)) return BtHomeOutcome.Malformed;
    at += size;
  }
  return members.count > 0 ? BtHomeOutcome.Decoded : BtHomeOutcome.Malformed;
}

function decodeObject(object: BtHomeObject, at: usize, size: i32, members: Members): bool {
  switch (object.kind) {
    case BtHomeKind.Number: {
      const raw = object.size < 0 ? signedLow(at, size) : unsignedLow(at, size);
      members.number(object.name, (raw * object.multiplier) / object.divisor);
      return true;
    }
    case BtHomeKind.Flag:
      members.flag(object.name, load<u8>(at) != 0);
      return load<u8>(at) <= 1;
    case BtHomeKind.Text:
      members.text(object.name, String.UTF8.decodeUnsafe(at, size));
      return true;
    case BtHomeKind.Bytes:
      members.text(object.name, hexText(at, size, ''));
      return true;
    case BtHomeKind.Button: {
      const press = pressName(load<u8>(at));
      members.text(object.name, press);
      return press.length > 0;
    }
    case BtHomeKind.Dimmer: {
      const steps = <f64>load<u8>(at, 1);
      members.number(object.name, load<u8>(at) == 1 ? -steps : load<u8>(at) == 2 ? steps : 0);
      return load<u8>(at) <= 2;
    }
    default:
      members.text(object.name, versionText(at, size));
      return true;
  }
}

/** What a button did. A remote with several buttons tells of each, in their order, so that none is an event too. */
function pressName(event: u32): string {
  switch (event) {
    case 0x00:
      return 'none';
    case 0x01:
      return 'press';
    case 0x02:
      return 'doublePress';
    case 0x03:
      return 'triplePress';
    case 0x04:
      return 'longPress';
    case 0x05:
      return 'longDoublePress';
    case 0x06:
      return 'longTriplePress';
    default:
      return event == 0x80 ? 'holdPress' : '';
  }
}

function versionText(at: usize, bytes: i32): string {
  const parts: string[] = [];
  for (let i = bytes - 1; i >= 0; i--) parts.push(load<u8>(at + i).toString());
  return parts.join('.');
}
