import type { Place } from './place.ts';
import type { UnitClient } from './unit-client.ts';

/** Objects of the basic level, in the order of their ids. */
const NAMES = ['vendor', 'product', 'revision'] as const;

/** What a unit says of itself; a part that it leaves out, or leaves empty, is absent. */
export type UnitIdentification = { readonly [Name in (typeof NAMES)[number]]?: string };

/** Asks a unit what it is. Undefined for one that does not say it, as many do not. */
export async function identify(place: Place, client: UnitClient): Promise<UnitIdentification | undefined> {
  const identified = await client.identify();
  // Its answer may still come, and would disturb that of the unit that is asked next.
  if (identified.kind === 'lost') await place.outwait(client.timeoutMs);
  if (identified.kind !== 'answered') return undefined;
  const texts = identified.objects
    .map(({ id, value }) => [NAMES[id]!, textOf(value)] as const)
    .filter(([, text]) => text !== '');
  return texts.length === 0 ? undefined : Object.fromEntries(texts);
}

/** `vendor "Maker", product "MX-1", revision "2.0"`. */
export const identificationText = (identification: UnitIdentification): string =>
  Object.entries(identification)
    .map(([name, text]) => `${name} "${text}"`)
    .join(', ');

/** Its text is ASCII; anything else, which a terminal could take for a command, becomes a question mark. */
const textOf = (value: Uint8Array): string =>
  Buffer.from(value)
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .replaceAll(/[^ -~]/g, '?');
