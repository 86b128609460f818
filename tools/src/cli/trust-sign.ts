import { existsSync } from 'node:fs';
import { formatProblems } from '../../../host/src/check/index.ts';
import { GatehouseError } from '../../../host/src/errors.ts';
import type { TrustList } from '../../../host/src/signature/index.ts';
import {
  decodeSignedTrustList,
  decodeTrustList,
  signTrustList,
  trustListDigest,
} from '../../../host/src/signature/index.ts';
import { writeAtomically } from '../module-build/write-atomically.ts';
import { needed, parseCommand } from './arguments.ts';
import type { Command } from './commands.ts';
import { EXIT } from './exit.ts';
import { readText } from './files.ts';
import { readPrivateKey } from './keys.ts';

const HELP = `gatehouse trust sign LIST --root-key FILE --output FILE - signs a list of trusted keys

LIST is JSON: a version, and the keys with the names of the modules that each may sign (whole names, or a beginning and *):

  {
    "version": 2,
    "keys": [{ "key": "ed25519:...", "modules": ["acme.*"], "comment": "build server of Acme" }]
  }

The version must grow with every change: gateways refuse a list older than the newest they have seen. A list that was signed
before may be edited and signed again.

  --root-key FILE    private root key
  --output FILE      where the signed list goes; a list there with the same or a higher version is not replaced

Examples:
  gatehouse trust sign keys.json --root-key root.key.pem --output trust.json
`;

export const TRUST_SIGN: Command = { summary: 'sign a list of trusted keys', help: HELP, run };

const OPTIONS = { 'root-key': { type: 'string' }, output: { type: 'string' } } as const;

function run(args: readonly string[]): number {
  const { values, file } = parseCommand(args, OPTIONS, 'LIST');
  const output = needed(values.output, '--output');
  const rootKey = readPrivateKey(needed(values['root-key'], '--root-key'));
  const { value: list, problems } = decodeTrustList(readText(file), file);
  if (problems.length > 0) process.stderr.write(formatProblems(problems, process.stderr));
  if (list === undefined) throw new GatehouseError('TRUST_INVALID', `${file} is no list of trusted keys`);
  refuseOlder(list, output);
  writeAtomically(output, signTrustList(list, rootKey));
  const count = `${list.keys.length} key${list.keys.length === 1 ? '' : 's'}`;
  process.stdout.write(`${output}: version ${list.version}, ${count}\n`);
  return EXIT.done;
}

/** A gateway would refuse it; better it is said here. */
function refuseOlder(list: TrustList, output: string): void {
  if (!existsSync(output)) return;
  const { value: former } = decodeSignedTrustList(readText(output), output);
  if (former === undefined || former.version < list.version) return;
  if (former.version === list.version && trustListDigest(former) === trustListDigest(list)) return;
  throw new GatehouseError(
    'TRUST_ROLLBACK',
    `${output} has version ${former.version} already; expected a higher one, got ${list.version}`,
  );
}
