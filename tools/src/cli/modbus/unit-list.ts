import { usage } from '../arguments.ts';

/**
 * Unit ids of a list such as `1-10,20`, ascending, each once.
 * @throws GatehouseError CLI_USAGE
 */
export function readUnits(text: string, max: number): number[] {
  const units = new Set<number>();
  for (const part of text.split(',')) {
    const found = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(part.trim());
    const first = Number(found?.[1]);
    const last = Number(found?.[2] ?? found?.[1]);
    if (found === null || first > last || last > max)
      throw usage(`"${part}" is no range of unit ids: expected numbers up to ${max}, such as 1-10,20`);
    for (let unit = first; unit <= last; unit++) units.add(unit);
  }
  return [...units].sort((a, b) => a - b);
}
