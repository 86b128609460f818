import { parsePublicKey, publicKeyText, type SignatureLayout, signModule } from '../../../host/src/signature/index.ts';
import { writeAtomically } from '../module-build/write-atomically.ts';
import { needed, parseCommand, usage } from './arguments.ts';
import type { Command } from './commands.ts';
import { EXIT } from './exit.ts';
import { readBytes } from './files.ts';
import { keyId, readPrivateKey } from './keys.ts';
import { describeModule } from './module-description.ts';

const HELP = `gatehouse sign MODULE --key FILE - signs a module

Adds an Ed25519 signature over the whole module to its signature section, after the WebAssembly tool conventions. Signatures of
other keys stay; one that no longer fits the module is refused. Sign last: any change afterwards makes the signature invalid.

  --key FILE         private key, as gatehouse keygen makes it
  --output FILE      write there instead of over the module
  --replace          drop all signatures that the module has
  --layout NAME      document (default): as Signatures.md has it; wasmsign2: with the lengths that wasmsign2 0.2 expects

Examples:
  gatehouse sign pump.wasm --key acme.key.pem
  gatehouse sign pump.wasm --key acme.key.pem --output signed/pump.wasm
  gatehouse sign pump.wasm --key next.key.pem            both keys, while one takes the place of the other
`;

export const SIGN: Command = { summary: 'sign a module', help: HELP, run };

const OPTIONS = {
  key: { type: 'string' },
  output: { type: 'string' },
  replace: { type: 'boolean' },
  layout: { type: 'string' },
} as const;

function run(args: readonly string[]): number {
  const { values, file } = parseCommand(args, OPTIONS, 'MODULE');
  const key = readPrivateKey(needed(values.key, '--key'));
  const layout = layoutOf(values.layout);
  const module = readBytes(file);
  const { name, version } = describeModule(module);
  const signed = signModule(module, key, { layout, replace: values.replace ?? false });
  const output = values.output ?? file;
  writeAtomically(output, signed);
  const publicKey = parsePublicKey(publicKeyText(key) ?? '');
  const by = publicKey === undefined ? '' : ` by ${publicKey.text}, id ${keyId(publicKey)}`;
  process.stdout.write(`${output}: ${name} ${version} signed${by}\n`);
  return EXIT.done;
}

function layoutOf(text: string | undefined): SignatureLayout | undefined {
  if (text === undefined || text === 'document' || text === 'wasmsign2') return text;
  throw usage(`--layout is document or wasmsign2, not "${text}"`);
}
