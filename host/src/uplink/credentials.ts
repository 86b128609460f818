import type { UplinkConfig } from '../configuration/gateway.ts';
import type { UplinkEnvironment } from './environment.ts';
import { type Identity, identityResource, identityUserName } from './identity.ts';
import { createSasToken } from './sas-token.ts';

/** What one identity says in its CONNECT packet. */
export interface Credentials {
  readonly username?: string;
  readonly password?: string;
  /** Milliseconds until the connection should be renewed because its token nears its end. */
  readonly renewInMs?: number;
}

/**
 * Makes the credentials for a connection that is opened now; a client certificate is none of them, it belongs to TLS.
 *
 * @returns undefined while a token is needed and the time is not known: a token with a wrong expiry is either refused
 * or valid for far too long
 */
export function makeCredentials(
  config: UplinkConfig,
  identity: Identity,
  environment: UplinkEnvironment,
): Credentials | undefined {
  const { authentication, hostName } = config;
  switch (authentication.type) {
    case 'none':
      return {};
    case 'password':
      return { username: authentication.username, password: authentication.password };
    case 'x509':
      return { username: identityUserName(hostName, identity) };
    case 'sas': {
      if (!environment.isTimeKnown()) return undefined;
      const { tokenLifeMs, tokenMarginMs } = environment.timing;
      const password = createSasToken({
        resource: identityResource(hostName, identity),
        key: authentication.key,
        expiresAtSeconds: Math.floor((environment.now() + tokenLifeMs) / 1_000),
      });
      const validMs = tokenLifeMs - tokenMarginMs;
      // Up to a tenth earlier, so that the identities of a gateway do not all reconnect at once.
      const renewInMs = validMs - environment.random() * (validMs / 10);
      return { username: identityUserName(hostName, identity), password, renewInMs };
    }
    default:
      return authentication satisfies never;
  }
}
