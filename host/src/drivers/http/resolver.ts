import type { LookupAddress } from 'node:dns';
import { sharedLookup } from '../shared-lookup.ts';
import { isAddress, isPublicAddress } from './addresses.ts';
import { type Asker, LookupTurns } from './lookup-turns.ts';

/** All addresses of a name; replaced in tests. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>;

export type Resolved =
  | { readonly kind: 'addresses'; readonly addresses: readonly LookupAddress[] }
  | { readonly kind: 'refused'; readonly address: string }
  | { readonly kind: 'failed'; readonly error: Error };

export const systemResolve: Resolve = (name) =>
  new Promise((resolve, reject) => {
    sharedLookup(name, { all: true }, (error, addresses) => {
      if (error === null) resolve(addresses as LookupAddress[]);
      else reject(error);
    });
  });

/**
 * Finds the addresses of a host and judges them. The connection is made to what is returned and to nothing else: a name that
 * is looked up twice may lead somewhere else the second time.
 */
export class Resolver {
  readonly #resolve: Resolve;
  readonly #turns = new LookupTurns();

  constructor(resolve: Resolve = systemResolve) {
    this.#resolve = resolve;
  }

  /** @param host as in a request: a name, an IPv4 address, or an IPv6 address in brackets */
  async addressesOf(host: string, allowPrivate: boolean, asker: Asker): Promise<Resolved> {
    const name = host.replace(/^\[|\]$/g, '');
    const addresses = isAddress(name) ? [addressOf(name)] : await this.#lookUp(name, asker);
    if (addresses instanceof Error) return { kind: 'failed', error: addresses };
    // One that is not public among others makes the name doubtful; the engine would try them all.
    const refused = allowPrivate ? undefined : addresses.find(({ address }) => !isPublicAddress(address));
    if (refused !== undefined) return { kind: 'refused', address: refused.address };
    return { kind: 'addresses', addresses };
  }

  async #lookUp(name: string, asker: Asker): Promise<readonly LookupAddress[] | Error> {
    if (!(await this.#turns.begin(asker))) return new Error('the request is over');
    try {
      const addresses = await this.#resolve(name);
      return addresses.length === 0 ? new Error(`${name} has no address`) : addresses;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    } finally {
      this.#turns.end(asker.module);
    }
  }
}

const addressOf = (address: string): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 });
