import { readFile } from 'node:fs/promises';
import type { GatewayConfig } from '../configuration/index.ts';
import { readSecret } from '../secrets/index.ts';
import { isSecretName } from './secret-names.ts';

/** A shorter one cannot be told from ordinary text; it is only removed from its own place. */
export const SECRET_CHARACTERS_MIN = 6;
const KEY_LINE_CHARACTERS_MIN = 16;

/** `scheme://user:password@host`. */
const URL_CREDENTIALS = /[a-z][a-z0-9+.-]*:\/\/([^\s/:@]*):?([^\s/@]*)@/gi;
/** `NAME=VALUE` in a connection string, a query or a token. */
const ASSIGNMENT = /([A-Za-z_]+)=([^;&\s,]+)/g;

/**
 * Every secret that can be found: what the gateway configuration names, and what stands in either file behind a name, or in a text, that
 * sounds like one.
 *
 * @param files texts of the configuration and the deployment, which need not be right
 */
export async function knownSecrets(
  gateway: GatewayConfig | undefined,
  files: readonly string[],
): Promise<ReadonlySet<string>> {
  const names = new Set(Object.keys(gateway?.secrets ?? {}));
  const found = [
    ...(gateway === undefined ? [] : await secretsOf(gateway)),
    ...files.flatMap((text) => [...secretsIn(parse(text), names)]),
  ];
  return new Set(found.map((secret) => secret.trim()).filter((secret) => secret.length >= SECRET_CHARACTERS_MIN));
}

async function secretsOf({ uplink, devices, secrets = {} }: GatewayConfig): Promise<string[]> {
  const values = Object.keys(secrets).map((name) => readSecret(secrets, name).catch(() => ''));
  const keyFiles = [
    ...(uplink?.authentication.type === 'x509' ? [uplink.authentication.key] : []),
    ...Object.values(devices).flatMap((device) => ('key' in device && device.key !== undefined ? [device.key] : [])),
  ];
  const keys = keyFiles.map((file) => readFile(file, 'latin1').catch(() => ''));
  return [...(await Promise.all(values)), ...(await Promise.all(keys)).flatMap(keyLines)];
}

/** Of a private key in PEM each line alone is secret. */
function keyLines(pem: string): string[] {
  return pem.split(/\r?\n/).filter((line) => line.length >= KEY_LINE_CHARACTERS_MIN && !line.startsWith('-----'));
}

function* secretsIn(value: unknown, references: ReadonlySet<string>, name = '', above = ''): Iterable<string> {
  if (typeof value === 'string') {
    // A variable is an object with a value.
    const isSecret = isSecretName(name) || (name === 'value' && isSecretName(above));
    if (isSecret && !references.has(value) && !isFileName(value)) yield value;
    yield* secretsInText(value);
  } else if (typeof value === 'number' && isSecretName(name)) yield String(value);
  else if (typeof value === 'object' && value !== null)
    for (const [key, member] of Object.entries(value))
      yield* secretsIn(member, references, Array.isArray(value) ? name : key, Array.isArray(value) ? above : name);
}

function* secretsInText(text: string): Iterable<string> {
  for (const [, user = '', password = ''] of text.matchAll(URL_CREDENTIALS)) {
    yield user;
    yield password;
  }
  for (const [, name = '', secret = ''] of text.matchAll(ASSIGNMENT)) if (isSecretName(name)) yield secret;
}

/** Certificates and keys are named by their files. */
const isFileName = (text: string): boolean => /\.(pem|key|crt|cer|der|p8)$/i.test(text);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
