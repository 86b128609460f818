import { type CharacteristicPath, parsePlace } from '../../../../host/src/drivers/ble/commissioning.ts';
import { usage } from '../arguments.ts';
import { nameOf } from './known-uuids.ts';
import { hexOf, meaningOf } from './known-values.ts';

export const PLACES_HELP = `A characteristic is SERVICE/CHARACTERISTIC or a whole SERVICE by UUIDs, such as 181a/2a6e.`;

/** Characteristics that the command line names; a service alone is all of its characteristics. @throws GatehouseError CLI_USAGE */
export function readPlaces(words: readonly string[]): readonly { service: string; characteristic?: string }[] {
  return words.map((word) => {
    const place = parsePlace(word);
    if (place === undefined)
      throw usage(`"${word}" is neither SERVICE/CHARACTERISTIC nor a SERVICE, such as 181a/2a6e`);
    return place;
  });
}

/** Whether one of the places is this characteristic; all are, when none is named. */
export const isAmong = (places: ReturnType<typeof readPlaces>, path: CharacteristicPath): boolean =>
  places.length === 0 ||
  places.some(
    ({ service, characteristic }) =>
      service === path.service && (characteristic === undefined || characteristic === path.characteristic),
  );

/** `181a/2a6e Temperature`. */
export function pathText({ service, characteristic }: CharacteristicPath): string {
  const name = nameOf(characteristic);
  return `${service}/${characteristic}${name === undefined ? '' : ` ${name}`}`;
}

/** What it means when that is known, and its bytes. */
export function valueText({ characteristic }: CharacteristicPath, value: Uint8Array): string {
  const meaning = meaningOf(characteristic, value);
  return meaning === undefined ? hexOf(value) : `${meaning}  (${hexOf(value)})`;
}

/** A value as JSON. */
export function valueJson(path: CharacteristicPath, value: Uint8Array) {
  const [name, meaning] = [nameOf(path.characteristic), meaningOf(path.characteristic, value)];
  const { service, characteristic } = path;
  return {
    ...{ service, characteristic },
    ...(name === undefined ? {} : { name }),
    hex: Buffer.from(value).toString('hex'),
    ...(meaning === undefined ? {} : { meaning }),
  };
}
