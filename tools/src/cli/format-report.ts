import type { ExternalType, FunctionType, ModuleFacts, ModuleManifest } from '../../../host/src/sandbox/index.ts';
import type { ModuleReport, SignatureReport } from './module-report.ts';

const PAGE_BYTES = 65_536;
/** Most imports or exports that are listed; `--json` has all. */
const LISTED_MAX = 60;

/** A report for people: one line a fact, its name in front. */
export function formatReport(report: ModuleReport): string {
  const { manifest, facts, needsGrants, problems } = report;
  const grants = Object.entries(needsGrants).map(([name, imports]) => `${name} (${imports.join(', ')})`);
  const lines: [name: string, texts: readonly string[]][] = [
    ...(manifest === undefined ? [] : manifestLines(manifest)),
    ['needs grants', grants.length === 0 ? ['none'] : grants],
    ['size', [`${report.bytes} bytes`]],
    ['sha-256', [report.sha256]],
    ...(facts === undefined ? [] : factLines(facts)),
    ['signature', signatureLines(report.signature)],
    ['problems', problems.map(({ code, message }) => `${code} ${message}`)],
  ];
  return lines
    .flatMap(([name, texts]) =>
      texts.map((text, index) => `  ${(index === 0 ? name : '').padEnd(14)}${visible(text)}\n`),
    )
    .join('');
}

function manifestLines(manifest: ModuleManifest): [string, readonly string[]][] {
  const listed = (names: readonly string[] | undefined): readonly string[] =>
    names === undefined ? [] : [names.length === 0 ? 'none' : names.join(', ')];
  const limits = Object.entries(manifest.limits ?? {}).map(([name, value]) => `${name} ${value}`);
  return [
    ['name', [manifest.name]],
    ['version', [manifest.version]],
    ['description', manifest.description === undefined ? [] : [manifest.description]],
    ['abi', manifest.abi === undefined ? [] : [String(manifest.abi)]],
    ['inputs', listed(manifest.inputs)],
    ['outputs', listed(manifest.outputs)],
    ['methods', listed(manifest.methods)],
    ['capabilities', listed(manifest.capabilities)],
    ['asks limits', limits],
  ];
}

function factLines(facts: ModuleFacts): [string, readonly string[]][] {
  const { memory, functions, sizes } = facts;
  const largest = functions.largest === undefined ? '' : `, the largest ${functions.largest.bytes} bytes`;
  const pages = (count: number): string => `${count} page${count === 1 ? '' : 's'} (${count * PAGE_BYTES} bytes)`;
  const most = memory?.maximum === undefined ? 'no maximum' : `at most ${pages(memory.maximum)}`;
  return [
    ['features', [facts.features.length === 0 ? 'none beyond the first version' : facts.features.join(', ')]],
    ['functions', [`${functions.defined} defined, ${functions.imported} imported${largest}`]],
    ['sections', [`code ${sizes.code}, data ${sizes.data}, custom ${sizes.custom} bytes`]],
    ['memory', [memory === undefined ? 'none' : `${pages(memory.initial)}, ${most}`]],
    ['tables', facts.tables.map(({ initial, maximum }) => `${initial} entries, ${maximum ?? 'no'} maximum`)],
    ['start', facts.start === undefined ? [] : [`function ${facts.start}`]],
    ['custom', facts.customSections.map(({ name, bytes }) => `"${name}" ${bytes} bytes`)],
    ['imports', some(facts.imports.map((found) => `${found.module}.${found.name} ${typeText(found)}`))],
    ['exports', some(facts.exports.map((found) => `${found.name} ${typeText(found)}`))],
  ];
}

function signatureLines(signature: SignatureReport): readonly string[] {
  switch (signature.state) {
    case 'none':
      return ['none'];
    case 'broken':
      return [`broken: ${signature.message}`];
    case 'intact':
      return signature.keyIds.map(
        (id) => `fits the module, by a key that ${id === '' ? 'has no id' : `says it is ${id}`}`,
      );
    default:
      return signature satisfies never;
  }
}

const some = (texts: readonly string[]): readonly string[] =>
  texts.length <= LISTED_MAX ? texts : [...texts.slice(0, LISTED_MAX), `and ${texts.length - LISTED_MAX} more`];

function typeText(found: ExternalType): string {
  return found.kind === 'function' ? functionText(found.type) : `(${found.kind})`;
}

const functionText = ({ params, results }: FunctionType): string =>
  `(${params.join(', ')})${results.length === 0 ? '' : ` -> ${results.join(', ')}`}`;

/** Names are the author's; what would move the cursor or turn the text around is shown as an escape. */
const visible = (text: string): string =>
  text.replace(
    /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
