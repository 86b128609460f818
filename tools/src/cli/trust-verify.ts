import { needed, parseCommand } from './arguments.ts';
import type { Command } from './commands.ts';
import { EXIT } from './exit.ts';
import { keyId } from './keys.ts';
import { readTrustList } from './trust-source.ts';

const HELP = `gatehouse trust verify LIST --root-key KEY - shows a list of trusted keys that a root key signed

  --root-key KEY     public root key: a PEM file or ed25519:...; several times for several
  --json             print one JSON object: version, keys

Examples:
  gatehouse trust verify trust.json --root-key root.pub.pem
`;

export const TRUST_VERIFY: Command = { summary: 'show a signed list of trusted keys', help: HELP, run };

const OPTIONS = { 'root-key': { type: 'string', multiple: true }, json: { type: 'boolean' } } as const;

function run(args: readonly string[]): number {
  const { values, file } = parseCommand(args, OPTIONS, 'LIST');
  const list = readTrustList(file, needed(values['root-key'], '--root-key'));
  const { version } = list;
  if (values.json === true) {
    const keys = list.keys.map(({ text: key, modules, comment }) => ({ key, modules, comment }));
    process.stdout.write(`${JSON.stringify({ version, keys })}\n`);
    return EXIT.done;
  }
  const lines = list.keys.map((key) => {
    const comment = key.comment === undefined ? '' : `  (${key.comment})`;
    return `  ${key.text}  id ${keyId(key)}  ${key.modules.join(', ')}${comment}\n`;
  });
  process.stdout.write(`${file}: version ${version}, signed by ${list.rootKey.text}\n${lines.join('')}`);
  return EXIT.done;
}
