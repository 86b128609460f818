import { authorizedSigners } from '../../../host/src/check/authorized-signers.ts';
import { type TrustedKey, verifyModule } from '../../../host/src/signature/index.ts';
import { parseCommand, usage } from './arguments.ts';
import type { Command } from './commands.ts';
import { EXIT } from './exit.ts';
import { readBytes } from './files.ts';
import { keyId, readPublicKey } from './keys.ts';
import { describeModule } from './module-description.ts';
import { readTrustList } from './trust-source.ts';

const HELP = `gatehouse verify MODULE - says whether a module is whole and signed by a key that may

Give the keys themselves, or the list of trusted keys of a gateway; then the key must also be trusted for the module's name.

  --key KEY          public key: a PEM file or ed25519:...; several times for several keys
  --trust FILE       list of trusted keys
  --root-key KEY     root key of the list: a PEM file or ed25519:...; several times if the gateway has several
  --json             print one JSON object: name, version, signedBy

Exit code 1, and a code on stderr, if the module would be refused. A gateway also looks at versions: a list or module that is
older than it has seen is refused there.

Examples:
  gatehouse verify pump.wasm --key acme.pub.pem
  gatehouse verify pump.wasm --key ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
  gatehouse verify pump.wasm --trust trust.json --root-key root.pub.pem
`;

export const VERIFY: Command = { summary: 'say whether a module is signed by a key that may', help: HELP, run };

const OPTIONS = {
  key: { type: 'string', multiple: true },
  trust: { type: 'string' },
  'root-key': { type: 'string', multiple: true },
  json: { type: 'boolean' },
} as const;

function run(args: readonly string[]): number {
  const { values, file } = parseCommand(args, OPTIONS, 'MODULE');
  const keys = keysOf(values.key ?? [], values.trust, values['root-key'] ?? []);
  const module = readBytes(file);
  const signers = verifyModule(module, keys);
  const manifest = describeModule(module);
  const signedBy = authorizedSigners(signers, manifest);
  const { name, version } = manifest;
  if (values.json === true) {
    process.stdout.write(`${JSON.stringify({ name, version, signedBy: signedBy.map(({ text }) => text) })}\n`);
    return EXIT.done;
  }
  const by = signedBy.map((key) => `${key.text}, id ${keyId(key)}${key.comment ? ` (${key.comment})` : ''}`);
  process.stdout.write(`${file}: ${name} ${version}, signed by ${by.join('; ')}\n`);
  return EXIT.done;
}

function keysOf(keys: readonly string[], list: string | undefined, rootKeys: readonly string[]): readonly TrustedKey[] {
  if (list === undefined) {
    if (rootKeys.length > 0) throw usage('--root-key goes with --trust');
    if (keys.length === 0) throw usage('--key or --trust is missing');
    return keys.map((key) => ({ ...readPublicKey(key), modules: ['*'] }));
  }
  if (keys.length > 0) throw usage('expected --key or --trust, not both');
  if (rootKeys.length === 0) throw usage('--trust needs --root-key: a list proves nothing without it');
  return readTrustList(list, rootKeys).keys;
}
