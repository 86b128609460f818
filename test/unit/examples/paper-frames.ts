const encoder = new TextEncoder();
const align8 = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** Header [ABI-5], then fields and texts at their offsets; the length is set and padded. */
function frame(
  kind: number,
  fields: (view: DataView) => void,
  ...texts: readonly (readonly [number, Uint8Array])[]
): Uint8Array {
  const end = texts.reduce((most, [offset, text]) => Math.max(most, offset + text.byteLength), 32);
  const bytes = new Uint8Array(align8(end));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, kind, true);
  view.setUint32(4, bytes.byteLength, true);
  view.setFloat64(8, 1_760_000_000_500, true);
  view.setFloat64(16, 1_000, true);
  fields(view);
  for (const [offset, text] of texts) bytes.set(text, offset);
  return bytes;
}

/** [ABI-5.3], without environment. */
export function start(device: string, module: string): Uint8Array {
  const names = encoder.encode(device + module);
  return frame(
    1,
    (view) => {
      view.setUint32(32, encoder.encode(device).byteLength, true);
      view.setUint32(36, encoder.encode(module).byteLength, true);
    },
    [48, names],
  );
}

/** [ABI-5.4], from source 0 with JSON as body. */
export function message(input: number, body: string, properties: Uint8Array = new Uint8Array()): Uint8Array {
  const text = encoder.encode(body);
  return frame(
    2,
    (view) => {
      view.setUint8(2, 1);
      view.setUint32(24, input, true);
      view.setBigUint64(32, 1n, true);
      view.setFloat64(40, 1_760_000_000_000, true);
      view.setUint32(48, properties.byteLength, true);
      view.setUint32(52, text.byteLength, true);
    },
    [56, properties],
    [56 + align8(properties.byteLength), text],
  );
}

/** [ABI-5.5] */
export const timer = (id: number): Uint8Array => frame(3, (view) => view.setUint32(24, id, true));

/** [ABI-5.6] */
export function desired(body: unknown, isComplete: boolean): Uint8Array {
  const text = encoder.encode(JSON.stringify(body));
  return frame(
    4,
    (view) => {
      view.setUint32(24, isComplete ? 1 : 0, true);
      view.setUint32(28, text.byteLength, true);
      view.setBigUint64(32, 1n, true);
    },
    [40, text],
  );
}

/** [ABI-5.7], without payload. */
export function method(request: number, name: string): Uint8Array {
  const text = encoder.encode(name);
  return frame(
    5,
    (view) => {
      view.setUint32(24, request, true);
      view.setUint32(28, text.byteLength, true);
    },
    [40, text],
  );
}

/** [ABI-5.9] */
export const stop = (): Uint8Array => frame(7, (view) => view.setUint32(24, 1, true));

/** An event of a kind that version 1 does not have [ABI-5.1]. */
export const unknownKind = (): Uint8Array => frame(99, () => undefined);
