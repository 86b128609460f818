import { setTimeout as delay } from 'node:timers/promises';
import type { RegisterRange } from '../../../../host/src/drivers/modbus/commissioning.ts';
import { isFromGateway } from './exceptions.ts';
import { failureOf } from './failure.ts';
import type { Place, PlaceConfig } from './place.ts';
import type { Outcome } from './unit-client.ts';
import { identify, type UnitIdentification } from './unit-identification.ts';

/** A unit that is there, how it showed, and what it says of itself if it was asked and does. */
export type FoundUnit = { readonly unit: number; readonly identification?: UnitIdentification } & (
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'exception'; readonly exception: number }
  /** Something began like its answer and was damaged: a wrong setting, or two units with one id. */
  | { readonly kind: 'damaged' }
);

export interface UnitScanOptions {
  readonly place: Place;
  readonly config: PlaceConfig;
  readonly units: readonly number[];
  /** What each unit is asked for; a refusal shows as well that it is there. */
  readonly probe: RegisterRange;
  /** Whether those that are there are also asked what they are. */
  readonly identifies: boolean;
  /** Called before each unit. */
  readonly asks: (unit: number) => void;
}

/** How a unit answered; `found` if it is there. */
interface Asked {
  readonly outcome: Outcome;
  readonly found: FoundUnit | undefined;
}

/** A device that has just closed a connection may need a moment before it takes the next one. */
const RECONNECT_MS = 500;

/**
 * Asks units one after the other, and yields those that are there.
 * @throws GatehouseError when the line or the machine cannot be reached at all
 */
export async function* scanUnits(options: UnitScanOptions): AsyncGenerator<FoundUnit> {
  const { config, units, asks } = options;
  for (const unit of units) {
    asks(unit);
    const { outcome, found } = await ask(options, unit);
    if (found !== undefined) yield found;
    else if (outcome.kind === 'unreachable') throw failureOf(outcome, config, 0);
  }
}

async function ask(options: UnitScanOptions, unit: number): Promise<Asked> {
  const asked = await askOnce(options, unit);
  if (asked.outcome.kind !== 'unreachable' || options.place.config.type === 'modbus-rtu') return asked;
  await delay(RECONNECT_MS);
  return askOnce(options, unit);
}

async function askOnce({ place, probe, identifies }: UnitScanOptions, unit: number): Promise<Asked> {
  const client = place.client(unit);
  try {
    const outcome = await client.read(probe);
    const found = foundUnit(unit, outcome);
    if (!identifies || found === undefined || found.kind === 'damaged') return { outcome, found };
    const identification = await identify(place, client);
    return { outcome, found: identification === undefined ? found : { ...found, identification } };
  } finally {
    client.close();
  }
}

function foundUnit(unit: number, outcome: Outcome): FoundUnit | undefined {
  switch (outcome.kind) {
    case 'answered':
      return { unit, kind: 'value', value: outcome.values[0]! };
    case 'refused':
      return isFromGateway(outcome.exception) ? undefined : { unit, kind: 'exception', exception: outcome.exception };
    case 'lost':
      return outcome.loss === 'bad-answer' ? { unit, kind: 'damaged' } : undefined;
    case 'unreachable':
      return undefined;
    default:
      return outcome satisfies never;
  }
}
