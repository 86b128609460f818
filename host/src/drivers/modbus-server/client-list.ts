import { BlockList, isIP } from 'node:net';

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/**
 * Who may connect to a server; absent rules allow everybody. Each family has its own list: in a common one the address of an IPv4
 * client is also an IPv6 address, and `::/0` would admit it.
 */
export function compileClientList(rules: readonly string[] | undefined): (address: string) => boolean {
  if (rules === undefined) return () => true;
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const rule of rules) {
    const [address = '', bits] = rule.split('/');
    const family = familyOf(address);
    if (bits === undefined) lists[family].addAddress(address, family);
    else lists[family].addSubnet(address, Number(bits), family);
  }
  return (address) => isIP(address) !== 0 && lists[familyOf(address)].check(address, familyOf(address));
}
