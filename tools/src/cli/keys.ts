import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { statSync } from 'node:fs';
import { GatehouseError } from '../../../host/src/errors.ts';
import { type PublicKey, parsePublicKey, publicKeyText } from '../../../host/src/signature/index.ts';
import { usage } from './arguments.ts';
import { readText } from './files.ts';

/** Environment variable with the passphrase of private keys; without it they are not encrypted. */
export const PASSPHRASE_VARIABLE = 'GATEHOUSE_PASSPHRASE';

export function passphrase(): string | undefined {
  return process.env[PASSPHRASE_VARIABLE] || undefined;
}

/**
 * The private key in a PEM file (PKCS #8).
 * @throws GatehouseError FILE_MISSING; CLI_USAGE if it is no Ed25519 key, or encrypted and the passphrase not known
 */
export function readPrivateKey(file: string): KeyObject {
  const key = attempt(
    () => createPrivateKey({ key: readText(file), passphrase: passphrase() ?? '' }),
    `${file} holds no private key that can be read; an encrypted one needs its passphrase in ${PASSPHRASE_VARIABLE}`,
  );
  if (key.asymmetricKeyType !== 'ed25519')
    throw usage(`${file} holds a key of type ${key.asymmetricKeyType}; expected Ed25519`);
  if ((statSync(file).mode & 0o077) !== 0 && process.platform !== 'win32')
    process.stderr.write(`gatehouse: warning: others than you can read or write ${file}; chmod 600 takes that away\n`);
  return key;
}

/**
 * A public key: its text form, or a PEM file (SPKI). A file with a private key is refused: it should not be where keys are
 * only compared.
 * @throws GatehouseError FILE_MISSING; CLI_USAGE if it is none of these
 */
export function readPublicKey(textOrFile: string): PublicKey {
  if (textOrFile.startsWith('ed25519:')) {
    const key = parsePublicKey(textOrFile);
    if (key === undefined) throw usage(`${textOrFile} is not a public key`);
    return key;
  }
  const pem = readText(textOrFile);
  if (pem.includes('PRIVATE KEY')) throw usage(`${textOrFile} holds a private key; expected a public one`);
  const text = publicKeyText(attempt(() => createPublicKey(pem), `${textOrFile} holds no public key in PEM`));
  const key = text === undefined ? undefined : parsePublicKey(text);
  if (key === undefined) throw usage(`${textOrFile} holds no Ed25519 key that proves anything`);
  return key;
}

/** The id of a key as it is shown. */
export const keyId = ({ id }: PublicKey): string => Buffer.from(id).toString('hex');

function attempt(work: () => KeyObject, message: string): KeyObject {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof GatehouseError) throw cause;
    throw usage(message, cause);
  }
}
