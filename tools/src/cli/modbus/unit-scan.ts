import { setTimeout as delay } from 'node:timers/promises';
import type { RegisterRange } from '../../../../host/src/drivers/modbus/commissioning.ts';
import { isFromGateway } from './exceptions.ts';
import { failureOf } from './failure.ts';
import type { Place, PlaceConfig } from './place.ts';
import type { Outcome } from './unit-client.ts';

/** A unit that is there, and how it showed. */
export type FoundUnit =
  | { readonly unit: number; readonly kind: 'value'; readonly value: number }
  | { readonly unit: number; readonly kind: 'exception'; readonly exception: number }
  /** Something began like its answer and was damaged: a wrong setting, or two units with one id. */
  | { readonly unit: number; readonly kind: 'damaged' };

export interface UnitScanOptions {
  readonly place: Place;
  readonly config: PlaceConfig;
  readonly units: readonly number[];
  /** What each unit is asked for; a refusal shows as well that it is there. */
  readonly probe: RegisterRange;
  /** Called before each unit. */
  readonly asks: (unit: number) => void;
}

/** A device that has just closed a connection may need a moment before it takes the next one. */
const RECONNECT_MS = 500;

/**
 * Asks units one after the other, and yields those that are there.
 * @throws GatehouseError when the line or the machine cannot be reached at all
 */
export async function* scanUnits({ place, config, units, probe, asks }: UnitScanOptions): AsyncGenerator<FoundUnit> {
  for (const unit of units) {
    asks(unit);
    const outcome = await ask(place, unit, probe);
    const found = foundUnit(unit, outcome);
    if (found !== undefined) yield found;
    else if (outcome.kind === 'unreachable') throw failureOf(outcome, config, 0);
  }
}

async function ask(place: Place, unit: number, probe: RegisterRange): Promise<Outcome> {
  const outcome = await askOnce(place, unit, probe);
  if (outcome.kind !== 'unreachable' || place.config.type === 'modbus-rtu') return outcome;
  await delay(RECONNECT_MS);
  return askOnce(place, unit, probe);
}

async function askOnce(place: Place, unit: number, probe: RegisterRange): Promise<Outcome> {
  const client = place.client(unit);
  try {
    return await client.read(probe);
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
