import { generateKeyPairSync } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { GatehouseError } from '../../../host/src/errors.ts';
import { parsePublicKey, publicKeyText } from '../../../host/src/signature/index.ts';
import { parseCommand, usage } from './arguments.ts';
import type { Command } from './commands.ts';
import { EXIT } from './exit.ts';
import { keyId, PASSPHRASE_VARIABLE, passphrase } from './keys.ts';

const HELP = `gatehouse keygen NAME - makes an Ed25519 key

Writes NAME.key.pem, the private key, which only you may read, and NAME.pub.pem, the public key, and prints the public key as
lists of trusted keys and gateway.json have it. Overwrites nothing.

  --json    print one JSON object: key, id, privateKeyFile, publicKeyFile

With a passphrase in the environment variable ${PASSPHRASE_VARIABLE} the private key is encrypted with it, and the other
commands need it there too.

Examples:
  gatehouse keygen acme                     a key that signs modules
  gatehouse keygen /media/usb/root          a root key, on a medium that is kept offline
`;

export const KEYGEN: Command = { summary: 'make a key', help: HELP, run };

function run(args: readonly string[]): number {
  const { values, file: name } = parseCommand(args, { json: { type: 'boolean' } }, 'NAME');
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const secret = passphrase();
  const encryption = secret === undefined ? {} : { cipher: 'aes-256-cbc', passphrase: secret };
  const privateKeyFile = `${name}.key.pem`;
  const publicKeyFile = `${name}.pub.pem`;
  // Neither half is left alone if the other one cannot be written.
  const there = [privateKeyFile, publicKeyFile].find((file) => existsSync(file));
  if (there !== undefined) throw usage(`${there} is there already and is not overwritten`);
  writeNew(publicKeyFile, publicKey.export({ type: 'spki', format: 'pem' }), 0o644);
  writeNew(privateKeyFile, privateKey.export({ type: 'pkcs8', format: 'pem', ...encryption }), 0o600);
  const key = parsePublicKey(publicKeyText(publicKey) ?? '');
  if (key === undefined) throw new GatehouseError('INTERNAL', 'the key just made is none');
  const made = { key: key.text, id: keyId(key), privateKeyFile, publicKeyFile };
  const text = `${key.text}\n\nid ${made.id}; keep ${privateKeyFile} secret, give ${publicKeyFile} away\n`;
  process.stdout.write(values.json === true ? `${JSON.stringify(made)}\n` : text);
  return EXIT.done;
}

function writeNew(file: string, content: string | Buffer, mode: number): void {
  try {
    writeFileSync(file, content, { flag: 'wx', mode });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'EEXIST' ? 'is there already and is not overwritten' : `cannot be written: ${code}`;
    throw usage(`${file} ${why}`, cause);
  }
}
