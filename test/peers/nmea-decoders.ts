import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PYNMEA = fileURLToPath(new URL('./pynmea-decode.py', import.meta.url));

/** What pynmea2 says of one sentence: names are its own, numbers may be texts, angles are signed degrees. */
export type PynmeaValues = Readonly<Record<string, string | number | boolean | null>>;

/** Where and how fast gpsd says that a receiver was; its date depends on the day of the call, the time of day does not. */
export interface GpsdReport {
  readonly time: string;
  readonly lat: number;
  readonly lon: number;
  readonly altMSL?: number;
  readonly track?: number;
  readonly speed?: number;
}

/** Decodes lines with pynmea2; null for what is no sentence. */
export function pynmeaDecode(lines: readonly string[]): (PynmeaValues | null)[] {
  const output = execFileSync('/usr/bin/python3', [PYNMEA], { input: lines.join('\n'), encoding: 'utf8' });
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as PynmeaValues | null);
}

/** Decodes a log with gpsd's decoder: a report for each time that a position came with. */
export function gpsdDecode(log: Uint8Array): GpsdReport[] {
  const output = execFileSync('gpsdecode', ['-j'], { input: log, encoding: 'utf8' });
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as GpsdReport & { class: string })
    .filter((report) => report.class === 'TPV');
}
