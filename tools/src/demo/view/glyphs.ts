/** Characters of the picture that not every terminal has. */
export interface Glyphs {
  /** Levels of a bar from empty to full. */
  readonly bars: readonly string[];
  readonly dot: string;
  /** Points at what is above it. */
  readonly mark: string;
  readonly rule: string;
  readonly between: string;
}

const UNICODE: Glyphs = { bars: [...' ▁▂▃▄▅▆▇█'], dot: '●', mark: '▲', rule: '─', between: '·' };
const ASCII: Glyphs = { bars: [...' _.-=+*%#'], dot: '*', mark: '^', rule: '-', between: '-' };

/** The Linux console has no block characters of different heights; everything else in use does. */
export function glyphsFor(environment: NodeJS.ProcessEnv): Glyphs {
  return environment['TERM'] === 'linux' ? ASCII : UNICODE;
}
