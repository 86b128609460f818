import { type RegisterRange, readMax } from '../../../../host/src/drivers/modbus/commissioning.ts';
import { mayBeTheRange } from './exceptions.ts';
import { failureOf } from './failure.ts';
import type { Place, PlaceConfig } from './place.ts';
import type { Outcome, UnitClient } from './unit-client.ts';

export interface RegisterScanOptions {
  readonly place: Place;
  readonly config: PlaceConfig;
  readonly client: UnitClient;
  readonly range: RegisterRange;
  /** Called before each request. */
  readonly asks: (range: RegisterRange) => void;
}

/** What a device lets read of a range. */
export interface ReadableRanges {
  readonly readable: readonly RegisterRange[];
  /** To which the device gave no answer at all, also when asked again. */
  readonly silent: readonly RegisterRange[];
  readonly requests: number;
}

/** After so many ranges in a row without an answer, the device is taken for gone. */
const SILENT_MAX = 3;
const ILLEGAL_FUNCTION = 1;

/**
 * Finds the addresses that can be read: as many at once as the protocol allows, and halves of what is refused.
 * @throws GatehouseError when the device stops answering, or refuses for another reason than the range
 */
export async function scanRegisters(options: RegisterScanOptions): Promise<ReadableRanges> {
  const { config, client, range, asks } = options;
  const [readable, silent] = [[] as RegisterRange[], [] as RegisterRange[]];
  const left = piecesOf(range).reverse();
  let [requests, silentInRow] = [0, 0];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    asks(next);
    requests++;
    const outcome = await readTwice(options, next);
    silentInRow = outcome.kind === 'lost' ? silentInRow + 1 : 0;
    if (outcome.kind === 'answered') append(readable, next);
    else if (outcome.kind === 'refused' && outcome.exception === ILLEGAL_FUNCTION) break;
    else if (outcome.kind === 'refused' && mayBeTheRange(outcome.exception)) left.push(...halvesOf(next).reverse());
    else if (outcome.kind === 'lost' && silentInRow < SILENT_MAX) append(silent, next);
    else throw failureOf(outcome, config, client.timeoutMs);
  }
  return { readable, silent, requests };
}

/** An answer can get lost; only what is not answered twice is silence. */
async function readTwice({ place, client }: RegisterScanOptions, range: RegisterRange): Promise<Outcome> {
  const outcome = await client.read(range);
  if (outcome.kind !== 'lost') return outcome;
  await place.outwait(client.timeoutMs);
  client.renew();
  return client.read(range);
}

function piecesOf({ table, address, count }: RegisterRange): RegisterRange[] {
  const max = readMax(table);
  return Array.from({ length: Math.ceil(count / max) }, (_, index) => ({
    table,
    address: address + index * max,
    count: Math.min(max, count - index * max),
  }));
}

function halvesOf({ table, address, count }: RegisterRange): RegisterRange[] {
  if (count === 1) return [];
  const half = count >> 1;
  return [
    { table, address, count: half },
    { table, address: address + half, count: count - half },
  ];
}

/** Ranges come in ascending order; neighbours become one. */
function append(ranges: RegisterRange[], range: RegisterRange): void {
  const last = ranges.at(-1);
  if (last === undefined || last.address + last.count !== range.address) ranges.push(range);
  else ranges[ranges.length - 1] = { ...last, count: last.count + range.count };
}
