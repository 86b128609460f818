// Text in AssemblyScript is UTF-16, text at the boundary is UTF-8 with a length in bytes. Lone surrogates become U+FFFD
// on the way out, malformed UTF-8 becomes U+FFFD on the way in.

let scratch: usize = 0;
let capacity: usize = 0;

/**
 * Memory for text on its way to the host, the same block at every call: what it held before is lost. It is heap memory,
 * not garbage-collected, and grows to the largest size ever asked for.
 */
export function scratchOf(bytes: usize): usize {
  if (bytes > capacity) {
    if (scratch != 0) heap.free(scratch);
    capacity = max<usize>(bytes, 64);
    scratch = heap.alloc(capacity);
  }
  return scratch;
}

/** Encodes a text into the scratch memory and returns its length in bytes. */
export function encodeToScratch(text: string): i32 {
  return encode(text, scratchOf(text.length * 3));
}

/**
 * Encodes UTF-16 into UTF-8 at `target` and returns the length in bytes, at most three a code unit.
 *
 * @unsafe `target` needs that much room.
 */
export function encode(text: string, target: usize, units: i32 = text.length): i32 {
  let from = changetype<usize>(text);
  const end = from + ((<usize>units) << 1);
  let at = target;
  while (from < end) {
    let code: u32 = load<u16>(from);
    from += 2;
    if (code < 0x80) {
      store<u8>(at++, code);
      continue;
    }
    let followers: u32 = code < 0x800 ? 1 : 2;
    if ((code & 0xf800) == 0xd800) {
      const low: u32 = code < 0xdc00 && from < end ? load<u16>(from) : 0;
      if ((low & 0xfc00) == 0xdc00) {
        from += 2;
        followers = 3;
        code = (code << 10) + low - 0x35fdc00;
      } else {
        code = 0xfffd;
      }
    }
    // The lead byte has as many leading ones as the sequence has bytes.
    store<u8>(at++, (0xff80 >> followers) | (code >> (followers * 6)));
    do store<u8>(at++, 0x80 | ((code >> (--followers * 6)) & 0x3f));
    while (followers != 0);
  }
  return <i32>(at - target);
}

/**
 * Length of the well-formed UTF-8 sequence at `pointer`: 1 to 4, or 0 if there is none.
 *
 * @unsafe Reads up to three bytes behind `pointer`, but none behind the first byte that cannot belong to the sequence.
 */
export function sequenceBytes(pointer: usize): i32 {
  const lead: u32 = load<u8>(pointer);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const second: u32 = load<u8>(pointer, 1);
  if ((second & 0xc0) != 0x80) return 0;
  if (lead < 0xe0) return 2;
  if (
    lead == 0xe0
      ? second < 0xa0
      : lead == 0xed
        ? second > 0x9f
        : lead == 0xf0
          ? second < 0x90
          : lead == 0xf4 && second > 0x8f
  )
    return 0;
  if ((load<u8>(pointer, 2) & 0xc0) != 0x80) return 0;
  if (lead < 0xf0) return 3;
  return (load<u8>(pointer, 3) & 0xc0) == 0x80 ? 4 : 0;
}

/** The code point of a well-formed sequence of the given length. */
export function codePointAt(pointer: usize, bytes: i32): u32 {
  const lead: u32 = load<u8>(pointer);
  if (bytes == 1) return lead;
  let code = lead & (0x7f >> bytes);
  for (let index = 1; index < bytes; index++) code = (code << 6) | (load<u8>(pointer + index) & 0x3f);
  return code;
}

/** Writes a code point as UTF-16 and returns the place behind it. */
export function putCodePoint(target: usize, code: u32): usize {
  if (code < 0x10000) {
    store<u16>(target, code);
    return target + 2;
  }
  store<u16>(target, 0xd7c0 + (code >> 10));
  store<u16>(target, 0xdc00 | (code & 0x3ff), 2);
  return target + 4;
}

/** A new string of at most `units` code units, to be filled and then cut with `trimString`. */
export function newString(units: usize): usize {
  return __new(units << 1, idof<string>());
}

/** Cuts a string from `newString` where writing ended. */
export function trimString(start: usize, end: usize): string {
  return changetype<string>(__renew(start, end - start));
}

/** Decodes UTF-8 into a new string; malformed bytes become U+FFFD each. */
export function decode(pointer: usize, bytes: usize): string {
  const text = newString(bytes);
  const end = pointer + bytes;
  let at = text;
  while (pointer < end) {
    const length = sequenceBytes(pointer);
    if (length == 0 || pointer + length > end) {
      at = putCodePoint(at, 0xfffd);
      pointer++;
    } else {
      at = putCodePoint(at, codePointAt(pointer, length));
      pointer += length;
    }
  }
  return trimString(text, at);
}
