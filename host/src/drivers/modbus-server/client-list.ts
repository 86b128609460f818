import { BlockList, isIP } from 'node:net';

/** Who may connect to a server; absent rules allow everybody. */
export function compileClientList(rules: readonly string[] | undefined): (address: string) => boolean {
  if (rules === undefined) return () => true;
  const list = new BlockList();
  for (const rule of rules) {
    const [address = '', bits] = rule.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    const family = isIP(address);
    return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  };
}
