import { readFile } from 'node:fs/promises';
import type { GatewayConfig } from '../configuration/index.ts';
import { readSecret } from '../secrets/index.ts';
import { isSecretName } from './secret-names.ts';

/** A shorter one cannot be told from ordinary text; it is only removed from its own place. */
export const SECRET_CHARACTERS_MIN = 6;
const KEY_LINE_CHARACTERS_MIN = 16;

/** `scheme://user:password@host`. */
const URL_CREDENTIALS = /[a-z][a-z0-9+.-]*:\/\/([^\s/:@]*):?([^\s/@]*)@/gi;
/** The same with a password that should have been encoded. */
const RAW_URL_PASSWORD = /:\/\/[^\s/:@]*:(\S*)@/g;
/** `NAME=VALUE` in a connection string, a query, a token or a condition. */
const ASSIGNMENT = /(?<![\w-])([\w-]+)\s*=\s*["']?([^;&\s]+)/g;
/** The value of an `Authorization`; words have no digits. */
const AUTHORIZATION = /\b(?:bearer|basic)\s+(?=\S*\d)([\w.~+/-]+=*)/gi;
/** A text of a file of JSON, and whether it is a name. */
const JSON_TEXT = /"([^"\\]*(?:\\.[^"\\]*)*)"(\s*:)?/g;

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
    ...files.flatMap((text) => [...secretsIn(parse(text), names), ...secretsInTokens(text, names)]),
  ];
  const all = found.flatMap((secret) => [secret, ...(secret.includes('\n') ? keyLines(secret) : [])]);
  return new Set(all.map((secret) => secret.trim()).filter((secret) => secret.length >= SECRET_CHARACTERS_MIN));
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
    if (isSecretPlace(name, above) && !references.has(value) && !isFileName(value)) yield value;
    yield* secretsInText(value);
  } else if (typeof value === 'number' && isSecretName(name)) yield String(value);
  else if (typeof value === 'object' && value !== null)
    for (const [key, member] of Object.entries(value))
      yield* secretsIn(member, references, Array.isArray(value) ? name : key, Array.isArray(value) ? above : name);
}

/** A variable is an object with a value. */
const isSecretPlace = (name: string, above: string): boolean =>
  isSecretName(name) || (name === 'value' && isSecretName(above));

/** The same without regard to structure: of a file with a mistake, and of names that are there twice. */
function* secretsInTokens(file: string, references: ReadonlySet<string>): Iterable<string> {
  let [name, above] = ['', ''];
  for (const [, raw = '', colon] of file.matchAll(JSON_TEXT)) {
    const text = String(parse(`"${raw}"`) ?? raw);
    if (colon !== undefined) [name, above] = [text, name];
    else if (isSecretPlace(name, above) && !references.has(text) && !isFileName(text)) yield text;
    else yield* secretsInText(text);
  }
}

function* secretsInText(text: string): Iterable<string> {
  for (const [, user = '', password = ''] of text.matchAll(URL_CREDENTIALS)) {
    yield* decoded(user);
    yield* decoded(password);
  }
  for (const [, password = ''] of text.matchAll(RAW_URL_PASSWORD)) yield* decoded(password);
  for (const [, name = '', secret = ''] of text.matchAll(ASSIGNMENT))
    if (isSecretName(name)) yield* [...decoded(secret), secret.split(/[,"']/)[0] as string];
  for (const [, secret = ''] of text.matchAll(AUTHORIZATION)) yield secret;
}

/** A part of a URL as it stands there, and what it means. */
function decoded(part: string): string[] {
  try {
    return [part, decodeURIComponent(part)];
  } catch {
    return [part];
  }
}

/** Certificates and keys are named by their files. */
const isFileName = (text: string): boolean => /\.(pem|key|crt|cer|der|p8)$/i.test(text);

function parse(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}
