import { JsonWriter } from '@gatehouse/sdk';

/** How a request body is written. */
export const enum Format {
  Json,
  Form,
  Text,
}

const HEX: string = '0123456789ABCDEF';

/** A text as it stands between the quotes of a JSON string. */
export function jsonEscape(text: string): string {
  const json = JsonWriter.object().clearToArray().add(text).toString();
  return json.substring(2, json.length - 2);
}

/** A text as a name or a value of a form: UTF-8, with everything but letters, digits and `-_.~` as %XX. */
export function formEscape(text: string): string {
  const bytes = Uint8Array.wrap(String.UTF8.encode(text, false, String.UTF8.ErrorMode.REPLACE));
  const parts = new Array<string>(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const c = <i32>bytes[i];
    parts[i] = isPlain(c) ? String.fromCharCode(c) : '%' + HEX.charAt(c >> 4) + HEX.charAt(c & 15);
  }
  return parts.join('');
}

function isPlain(c: i32): bool {
  const letter = c | 0x20;
  if ((letter >= 0x61 && letter <= 0x7a) || (c >= 0x30 && c <= 0x39)) return true;
  return c == 0x2d || c == 0x2e || c == 0x5f || c == 0x7e;
}
