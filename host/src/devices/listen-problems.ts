import { isIP } from 'node:net';
import { type DeviceConfig, type ListenAddress, listensOn } from '../drivers/index.ts';

/** A device that would listen where something else does already. */
export interface ListenProblem {
  readonly name: string;
  readonly message: string;
}

/**
 * Devices that would listen on one address and port, whatever they are: only the first of them could.
 *
 * @param metrics where the gateway itself listens, which comes first
 */
export function listenProblems(
  devices: Readonly<Record<string, DeviceConfig>>,
  metrics?: ListenAddress,
): ListenProblem[] {
  const owners: { readonly owner: string; readonly address: ListenAddress }[] = [];
  if (metrics !== undefined) owners.push({ owner: '"metrics" in gateway.json', address: metrics });
  const problems: ListenProblem[] = [];
  for (const [name, device] of Object.entries(devices)) {
    const address = listensOn(device);
    if (address === undefined) continue;
    const other = owners.find((each) => meet(each.address, address));
    if (other === undefined) owners.push({ owner: `the device "${name}"`, address });
    else problems.push({ name, message: messageOf(address, other) });
  }
  return problems;
}

function messageOf({ host, port }: ListenAddress, other: { readonly owner: string; readonly address: ListenAddress }) {
  const where = other.address.host === host ? '' : `, which listens on ${other.address.host}`;
  return `port ${port} of ${host} is that of ${other.owner} already${where}`;
}

/** Whether two cannot both listen. Of names is not known what they lead to; of port 0 each gets one of its own. */
const meet = (one: ListenAddress, other: ListenAddress): boolean =>
  one.port === other.port &&
  one.port !== 0 &&
  (one.host === other.host || takesIn(one.host, other.host) || takesIn(other.host, one.host));

/** Whether an address stands for all, the other one among them. `::` is IPv4 as well. */
const takesIn = (all: string, host: string): boolean => all === '::' || (all === '0.0.0.0' && isIP(host) === 4);
