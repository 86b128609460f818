import { decodeModule } from '../../../host/src/sandbox/decode-module.ts';
import { leb, PREAMBLE } from '../../unit/host/sandbox/build-wasm.ts';

/** Order of the sections with their number [WASM-5.5.2]; the data count comes before the code. */
const ORDER = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11];

/** A copy of a valid module without custom sections, in which section `id` has the content that `change` makes of the given one. */
export function replaceSection(
  bytes: Uint8Array,
  id: number,
  change: (content: Uint8Array | undefined) => readonly number[],
): Uint8Array<ArrayBuffer> {
  const { sections } = decodeModule(bytes);
  const parts = ORDER.map((number) => {
    const span = sections.find((section) => section.id === number);
    const given = span && bytes.subarray(span.contentStart, span.end);
    const content = number === id ? Uint8Array.from(change(given)) : given;
    return content === undefined ? [] : [Uint8Array.from([number, ...leb(content.byteLength)]), content];
  });
  return Uint8Array.from(Buffer.concat([Uint8Array.from(PREAMBLE), ...parts.flat()]));
}
