import type {
  CharacteristicInfo,
  CharacteristicPath,
  GattEnd,
  GattLink,
} from '../../../../host/src/drivers/ble/commissioning.ts';

/** A characteristic that a device has. */
export interface FoundCharacteristic extends CharacteristicPath {
  readonly properties: readonly string[];
}

/** Calls a procedure of a link and waits for its end, for which the link has a deadline. */
export const endOf = <T>(call: (ended: (end: GattEnd<T>) => void) => void): Promise<GattEnd<T>> => new Promise(call);

/** Everything that a device offers, or the first thing that went wrong. */
export async function discover(link: GattLink): Promise<GattEnd<readonly FoundCharacteristic[]>> {
  const services = await endOf<readonly string[]>((ended) => link.services(ended));
  if (services.kind !== 'done') return services;
  const found: FoundCharacteristic[] = [];
  for (const service of services.value) {
    const table = await endOf<readonly CharacteristicInfo[]>((ended) => link.characteristics(service, ended));
    if (table.kind !== 'done') return table;
    found.push(...table.value.map(({ uuid, properties }) => ({ service, characteristic: uuid, properties })));
  }
  return { kind: 'done', value: found };
}
