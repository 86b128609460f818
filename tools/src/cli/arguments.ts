import { type ParseArgsConfig, parseArgs } from 'node:util';
import { GatehouseError } from '../../../host/src/errors.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * Reads the options of a command and its one file.
 * @throws GatehouseError CLI_USAGE with a sentence that says what is wrong
 */
export function parseCommand<const O extends Options>(args: readonly string[], options: O, file: string) {
  const { values, positionals } = parse(args, options);
  const [named, ...more] = positionals;
  if (named === undefined) throw usage(`${file} is missing`);
  if (more.length > 0) throw usage(`expected one ${file}, got ${positionals.length}: ${positionals.join(', ')}`);
  return { values, file: named };
}

/**
 * Reads the options of a command that takes any number of words besides. A negative number is a word, or the value of the option
 * before it.
 * @throws GatehouseError CLI_USAGE with a sentence that says what is wrong
 */
export function parseWords<const O extends Options>(args: readonly string[], options: O) {
  const [named, words] = [[] as string[], [] as string[]];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    const next = args[index + 1];
    const takesNext = options[arg.slice(2)]?.type === 'string' && next !== undefined && !next.startsWith('--');
    if (!arg.startsWith('--')) words.push(arg);
    else if (arg.includes('=') || !takesNext) named.push(arg);
    else named.push(`${arg}=${args[++index]}`);
  }
  const { values } = parse(named, options);
  return { values, words };
}

/**
 * A whole number of an option.
 * @throws GatehouseError CLI_USAGE when it is none, or outside the range
 */
export function wholeNumber(text: string, option: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw usage(`${option} takes a whole number from ${min} to ${max}, got "${text}"`);
}

/** The value of an option that must be there. */
export function needed<T>(value: T | undefined, option: string): T {
  if (value === undefined) throw usage(`${option} is missing`);
  return value;
}

export const usage = (text: string, cause?: unknown): GatehouseError =>
  new GatehouseError('CLI_USAGE', text, cause === undefined ? {} : { cause });

function parse<const O extends Options>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (cause) {
    throw usage((cause as Error).message.split('. ')[0] ?? 'the options are wrong', cause);
  }
}
