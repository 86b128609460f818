import { runAsc } from '../../../tools/src/module-build/index.ts';

/** A piece of AssemblyScript, and where it stands: `docs/sdk.md:12`. */
export interface Example {
  readonly place: string;
  readonly source: string;
}

/**
 * Compiles pieces of AssemblyScript as modules, all in one program because most of the time goes into the libraries, without
 * writing files. Classes that extend `Module` are run, so that all they override is compiled. Returns what the compiler has
 * to say, nothing if all is well; it names an example by its place.
 */
export async function compileExamples(examples: readonly Example[]): Promise<string> {
  const sources = Object.fromEntries(examples.map(({ place, source }) => [fileOf(place), completed(source)]));
  const settings = ['--config', 'asconfig.json', '--target', 'debug', '--noEmit'];
  const { output, problem = '' } = await runAsc([...Object.keys(sources), ...settings], sources);
  return `${output}\n${problem}`.trim();
}

/** A file name that shows the place; packages are found from its folder. */
function fileOf(place: string): string {
  return `sdk/test/build/${place.replace(/[^\w.]+/g, '-')}.ts`;
}

/** Adds what an example leaves out: the exports of the ABI, and `run` for its modules. */
function completed(source: string): string {
  const lines = [source];
  if (!source.includes('@gatehouse/sdk/entry')) lines.push(`export * from '@gatehouse/sdk/entry';`);
  if (!/^run\(/m.test(source)) {
    lines.unshift(`import { run as runExample } from '@gatehouse/sdk';`);
    for (const [, name] of source.matchAll(/^class (\w+) extends Module\b/gm)) lines.push(`runExample(new ${name}());`);
  }
  return lines.join('\n');
}
