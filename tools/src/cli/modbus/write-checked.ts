import { mayHaveTakenEffect } from '../../../../host/src/drivers/modbus/commissioning.ts';
import { type Explanation, explain, failureOf } from './failure.ts';
import type { Place, PlaceConfig } from './place.ts';
import { unitText } from './place-text.ts';
import type { Outcome, UnitClient } from './unit-client.ts';
import { isWanted, rangeText, type Target, textOf } from './write-target.ts';

export interface Written {
  readonly outcome: 'confirmed' | 'unconfirmed' | 'refused' | 'declined';
  /** Words as they were and as they are afterwards; absent when they cannot be read. */
  readonly before?: readonly number[];
  readonly after?: readonly number[];
  /** Why it is not confirmed. */
  readonly why?: Explanation;
}

export interface WriteOptions {
  readonly place: Place;
  readonly client: UnitClient;
  readonly config: PlaceConfig;
  readonly target: Target;
  /** Whether to write, now that it is known what is there. */
  readonly ask: (before: readonly number[] | undefined) => Promise<boolean>;
}

const BROADCAST = 0;

/** Whether all units of a line are meant, which do not answer. */
export const isBroadcast = ({ config }: PlaceConfig): boolean =>
  config.type !== 'modbus-tcp' && config.unitId === BROADCAST;

/**
 * Reads, asks, writes once, and reads back.
 * @throws GatehouseError when the device cannot be reached: then nothing was written
 */
export async function writeChecked(options: WriteOptions): Promise<Written> {
  const { client, config, target, ask } = options;
  const before = isBroadcast(config) ? undefined : await readBefore(options);
  const found = before === undefined ? {} : { before };
  if (!(await ask(before))) return { outcome: 'declined', ...found };
  const written = await client.write(target.request);
  if (written.kind === 'unreachable') throw failureOf(written, config, client.timeoutMs);
  const why = written.kind === 'answered' ? undefined : explain(written, config, client.timeoutMs);
  if (why !== undefined && written.kind === 'refused' && !mayHaveTakenEffect(written.exception))
    return { outcome: 'refused', ...found, why };
  const after = isBroadcast(config) ? undefined : await readAfter(options, written);
  const read = { ...found, ...(after === undefined ? {} : { after }) };
  if (why !== undefined) return { outcome: 'unconfirmed', ...read, why: { ...why, ...unknown(target, why) } };
  if (after === undefined || isWanted(target, after)) return { outcome: 'confirmed', ...read };
  return { outcome: 'unconfirmed', ...read, why: differs(options, after) };
}

/** What is there; undefined for what can only be written. */
async function readBefore({ client, config, target }: WriteOptions): Promise<readonly number[] | undefined> {
  const outcome = await client.read(target.selection.range);
  if (outcome.kind === 'answered') return outcome.values;
  if (outcome.kind === 'refused') return undefined;
  throw failureOf(outcome, config, client.timeoutMs);
}

async function readAfter(
  { place, client, target }: WriteOptions,
  written: Outcome,
): Promise<readonly number[] | undefined> {
  if (written.kind === 'lost') {
    await place.outwait(client.timeoutMs);
    client.renew();
  }
  const outcome = await client.read(target.selection.range);
  return outcome.kind === 'answered' ? outcome.values : undefined;
}

const unknown = (target: Target, { message }: Explanation) => ({
  code: 'WRITE_UNKNOWN' as const,
  message: `${rangeText(target)} was sent and not confirmed: ${message}`,
});

function differs({ config, target }: WriteOptions, after: readonly number[]): Explanation {
  const [wanted, found] = [textOf(target, target.words), textOf(target, after)].map((texts) => texts.join(' '));
  return {
    code: 'WRITE_UNKNOWN',
    message: `${unitText(config)} confirmed ${rangeText(target)} = ${wanted}, and reads back ${found}`,
    check: [
      'The device may limit or round the value, need a moment or another command to take it over, or change it by itself.',
      'Another master may have written in between.',
    ],
  };
}
