import type { GatewayConfig, UplinkAuthentication } from '../configuration/index.ts';
import type { JsonObject, JsonValue } from '../json/index.ts';
import type { Deployment, ModuleSpec } from '../manifest/deployment.ts';
import { isSecretName, REMOVED } from './secret-names.ts';

/**
 * The gateway configuration without secrets, from what was decoded: a decoder knows every member, so that nothing is in it that nobody
 * has thought of. User names go as well, because some brokers have tokens there.
 */
export function redactGateway({ uplink, secrets = {}, ...gateway }: GatewayConfig): JsonObject {
  return {
    ...(withoutSecrets(plain(gateway), new Set(Object.keys(secrets))) as JsonObject),
    ...(uplink === undefined
      ? {}
      : { uplink: { ...(plain(uplink) as JsonObject), authentication: redactAuthentication(uplink.authentication) } }),
    secrets: Object.fromEntries(
      Object.entries(secrets).map(([name, source]) => [name, { [Object.keys(source)[0] as string]: REMOVED }]),
    ),
  };
}

function redactAuthentication(authentication: UplinkAuthentication): JsonObject {
  const { type } = authentication;
  switch (type) {
    case 'none':
      return { type };
    case 'password':
      return { type, username: REMOVED, password: REMOVED };
    case 'sas':
      return { type, key: REMOVED };
    case 'x509':
      return { type, certificate: authentication.certificate, key: authentication.key };
    default:
      return type satisfies never;
  }
}

/**
 * The deployment without secrets. What modules make of their variables and desired properties nobody but they know, so that all texts
 * are removed there; numbers stay.
 */
export function redactDeployment(deployment: Deployment, secrets: ReadonlySet<string>): JsonObject {
  const { modules, ...rest } = deployment;
  return {
    ...(withoutSecrets(plain(rest), secrets) as JsonObject),
    modules: modules.map((module) => redactModule(module, secrets)),
  };
}

function redactModule({ environment, desired, ...module }: ModuleSpec, secrets: ReadonlySet<string>): JsonObject {
  return {
    ...(withoutSecrets(plain(module), secrets) as JsonObject),
    environment: Object.fromEntries(Object.keys(environment).map((name) => [name, REMOVED])),
    desired: withoutTexts(desired),
  };
}

/** References stay if they name a secret that there is, and not the secret itself by mistake. */
function withoutSecrets(value: JsonValue, secrets: ReadonlySet<string>): JsonValue {
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item as JsonValue, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return mapMembers(value as JsonObject, (member, name) => {
    const isText = typeof member === 'string';
    if (isText && name === 'secret') return secrets.has(member) ? member : REMOVED;
    // In front of a secret there may be a part of it.
    if (isText && (name === 'username' || name === 'prefix')) return REMOVED;
    return withoutSecrets(member, secrets);
  });
}

function withoutTexts(value: JsonValue): JsonValue {
  if (typeof value === 'string') return REMOVED;
  if (Array.isArray(value)) return value.map((item) => withoutTexts(item as JsonValue));
  if (typeof value !== 'object' || value === null) return value;
  return mapMembers(value as JsonObject, (member, name) => (isSecretName(name) ? REMOVED : withoutTexts(member)));
}

const mapMembers = (object: JsonObject, change: (member: JsonValue, name: string) => JsonValue): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([name, member]) => [name, change(member as JsonValue, name)]));

/** Decoded values are plain but for what JSON has no words for, which is left out. */
const plain = (value: object): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;
