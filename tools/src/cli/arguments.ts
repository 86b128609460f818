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
