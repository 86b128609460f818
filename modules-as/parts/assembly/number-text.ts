import { JsonWriter } from '@gatehouse/sdk';

/**
 * A finite number as text, in the fewest digits. The compiler's own `toString` would add 3 KB to a module that writes JSON
 * anyway.
 */
export function numberText(value: f64): string {
  const text = JsonWriter.object().clearToArray().add(value).toString();
  return text.substring(1, text.length - 1);
}
