import { isLoopback } from '../../network/host-address.ts';
import type { DeviceProblem } from '../description.ts';
import type { MqttBrokerConfig, MqttConfig, MqttListenerConfig } from './config.ts';

type Add = (severity: 'error' | 'warning', member: string, message: string) => void;

/** What is wrong with brokers and listeners that no member shows by itself. */
export function mqttProblems(devices: Readonly<Record<string, MqttConfig>>): readonly DeviceProblem[] {
  const problems: DeviceProblem[] = [];
  const leaves = new Map<string, string>();
  for (const [device, config] of Object.entries(devices)) {
    const add: Add = (severity, member, message) => problems.push({ severity, device, member, message });
    if (config.type === 'mqtt-broker') checkBroker(config, add);
    else checkListener(config, add);
    for (const [leaf, member] of leavesOf(device, config)) {
      const other = leaves.get(leaf);
      if (other === undefined) leaves.set(leaf, device);
      else add('error', member, `"${leaf}" sends messages as a leaf of "${other}" already; expected a name of its own`);
    }
  }
  return problems;
}

function checkBroker(config: MqttBrokerConfig, add: Add): void {
  const { url, username, password } = config;
  const isEncrypted = url.startsWith('mqtts:');
  if (!isEncrypted)
    for (const member of ['ca', 'certificate', 'key'] as const)
      if (config[member] !== undefined)
        add('error', member, `"${member}" needs TLS; expected a url that begins with mqtts://`);
  checkPair(config, add);
  if (password !== undefined && username === undefined) add('error', 'password', '"password" needs a "username"');
  if (!isEncrypted && password !== undefined && !isLoopback(new URL(url).hostname))
    add('warning', 'url', 'the password travels unencrypted; use a url that begins with mqtts://');
  const filters = config.topics.map(({ filter }) => filter);
  for (const [at, filter] of filters.entries())
    if (filters.indexOf(filter) !== at) add('error', `topics[${at}].filter`, `"${filter}" is asked for already`);
}

function checkListener(config: MqttListenerConfig, add: Add): void {
  const { host, certificate, users, anonymous } = config;
  checkPair(config, add);
  if (Object.keys(users).length === 0 && anonymous === undefined)
    add('error', 'users', 'nobody could connect; expected "users", or "anonymous"');
  if (certificate === undefined && !isLoopback(host))
    add('warning', 'host', 'passwords and messages travel unencrypted; set "certificate" and "key" in gateway.json');
}

function checkPair({ certificate, key }: Pick<MqttConfig, 'certificate' | 'key'>, add: Add): void {
  if (certificate !== undefined && key === undefined) add('error', 'certificate', '"certificate" needs a "key"');
  if (certificate === undefined && key !== undefined) add('error', 'key', '"key" needs a "certificate"');
}

/** Names under which a device sends messages, with the member that gives each. */
function leavesOf(device: string, config: MqttConfig): (readonly [leaf: string, member: string])[] {
  if (config.type === 'mqtt-broker') return [[device, 'type']];
  const users = Object.keys(config.users).map((name) => [name, `users.${name}`] as const);
  return config.anonymous === undefined ? users : [[device, 'anonymous'], ...users];
}
