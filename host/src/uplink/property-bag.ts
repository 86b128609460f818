/** A name and its value. Names that begin with `$.` are system properties, such as `$.ct` for the content type. */
export type Property = readonly [name: string, value: string];

/**
 * The text that carries properties at the end of a topic: `name=value` joined by `&`, both percent-encoded as UTF-8,
 * so that it is ASCII and has no `/`, `+` or `#` of its own. `$` becomes `%24`, as the IoT Hub clients write it.
 *
 * @throws URIError when a name or a value has half of a surrogate pair
 */
export function encodePropertyBag(properties: readonly Property[]): string {
  let bag = '';
  for (const [name, value] of properties) {
    if (bag !== '') bag += '&';
    bag += `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
  }
  return bag;
}
