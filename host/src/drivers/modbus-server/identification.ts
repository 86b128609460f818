import { EXCEPTION, type ExceptionCode } from './exception.ts';

// The answer to function 43, type 14, behind these two bytes:
//
//  2            3             4        5           6         7
//  +------------+-------------+--------+-----------+---------+-----------------------------+
//  | access u8  | conformity  | more   | next      | objects | each: id u8, bytes u8, text |
//  |            | u8          | 0, 255 | object u8 | u8      |                             |
//  +------------+-------------+--------+-----------+---------+-----------------------------+

/** Texts by id: 0 vendor, 1 product code, 2 revision, then 3 address of the vendor, 4 product, 5 model, 6 application. */
export type Identification = ReadonlyMap<number, Uint8Array>;

/** Groups of objects, and one alone. */
const CONFORMITY = 0x82;
const BASIC_LAST = 2;
const HEADER_BYTES = 7;
const TEXT_BYTES_MAX = 64;

/** What the gateway says of itself. Texts are cut to 64 bytes of ASCII, so that all of them fit into one answer. */
export function gatewayIdentification(version: string, deviceId: string): Identification {
  const texts: Readonly<Record<number, string>> = {
    ...{ 0: 'Gatehouse', 1: 'gatehouse-host', 2: version },
    ...{ 4: 'Gatehouse gateway', 6: deviceId },
  };
  return new Map(
    Object.entries(texts).map(([id, text]) => [
      Number(id),
      new TextEncoder().encode(text.replace(/[^ -~]/g, '?').slice(0, TEXT_BYTES_MAX)),
    ]),
  );
}

/**
 * Writes the answer at `at` of `frame` and returns where it ends, or says why there is none.
 *
 * @param access 1 the basic objects, 2 and 3 all that there are, from `object` on; 4 one object
 */
export function writeIdentification(
  frame: Uint8Array,
  at: number,
  objects: Identification,
  { access, object }: { readonly access: number; readonly object: number },
): { readonly end: number } | ExceptionCode {
  const chosen = access === 4 ? [object] : groupFrom(objects, access, object);
  if (chosen.some((id) => !objects.has(id))) return EXCEPTION.illegalAddress;
  frame.set([43, 14, access, CONFORMITY, 0, 0, chosen.length], at);
  let end = at + HEADER_BYTES;
  for (const id of chosen) {
    const text = objects.get(id)!;
    frame.set([id, text.byteLength], end);
    frame.set(text, end + 2);
    end += 2 + text.byteLength;
  }
  return { end };
}

/** A group begins anew when it does not have the object that it is to go on with. */
function groupFrom(objects: Identification, access: number, object: number): number[] {
  const group = [...objects.keys()].filter((id) => access > 1 || id <= BASIC_LAST);
  return group.includes(object) ? group.filter((id) => id >= object) : group;
}
