import { planReads, type RegisterRange } from '../../../../host/src/drivers/modbus/commissioning.ts';
import { type Selection, type Value, valuesOf } from './selection.ts';
import type { Failure, UnitClient } from './unit-client.ts';

/** What became of one selection. */
export type Reading =
  | { readonly kind: 'values'; readonly values: readonly Value[] }
  /** `at` is the part that was asked for. */
  | { readonly kind: 'failure'; readonly at: RegisterRange; readonly failure: Failure };

/**
 * Reads what was selected, one after the other, each in as few requests as the protocol allows. A refusal concerns its selection; when
 * the device does not answer, nobody asks it for the rest.
 */
export async function readValues(client: UnitClient, selections: readonly Selection[]): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (const selection of selections) {
    const reading = await readOne(client, selection);
    readings.push(reading);
    if (reading.kind === 'failure' && reading.failure.kind !== 'refused') break;
  }
  return readings;
}

async function readOne(client: UnitClient, selection: Selection): Promise<Reading> {
  const words: number[] = [];
  for (const { request } of planReads([[selection.range]], 0).reads) {
    const outcome = await client.read(request);
    if (outcome.kind !== 'answered') return { kind: 'failure', at: request, failure: outcome };
    words.push(...outcome.values);
  }
  return { kind: 'values', values: valuesOf(selection, words) };
}

/** Values for people: address, value, and the registers in hex where they say more. */
export function formatValues(values: readonly Value[], indent = ''): string {
  const widths = [
    Math.max(0, ...values.map(({ address }) => address.length)),
    Math.max(0, ...values.map(({ text }) => text.length)),
  ];
  return values
    .map(({ address, text, words }) => {
      const isBit = address.startsWith('coil') || address.startsWith('discrete');
      const hex = isBit ? '' : `  ${words.map((word) => word.toString(16).padStart(4, '0')).join(' ')}`;
      return `${indent}${address.padEnd(widths[0]!)}  ${text.padStart(widths[1]!)}${hex}\n`;
    })
    .join('');
}

/** A value as JSON has it; NaN and infinities, which JSON lacks, are null. */
export const valueJson = ({ address, value, words }: Value) => ({
  address,
  value: Number.isFinite(value) ? value : null,
  words,
});
