import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

type Waiting = Parameters<LookupFunction>[2];

const waiting = new Map<string, Waiting[]>();

/**
 * Looks a name up as Node does, but never twice at the same time. A lookup holds one of the few threads that Node also
 * reads files with, for many seconds when the name server is away; attempts to connect that follow each other faster
 * would take them all.
 */
export const sharedLookup: LookupFunction = (hostname, options, callback) => {
  const family = options.family ?? 0;
  const key = `${family} ${hostname}`;
  const answer: Waiting = (error, addresses) => {
    const list = addresses as LookupAddress[];
    if (error !== null || options.all === true) callback(error, list);
    else callback(null, list[0]!.address, list[0]!.family);
  };
  const others = waiting.get(key);
  if (others !== undefined) {
    others.push(answer);
    return;
  }
  waiting.set(key, [answer]);
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const callbacks = waiting.get(key) ?? [];
    waiting.delete(key);
    for (const each of callbacks) each(error, addresses);
  });
};
