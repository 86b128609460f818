import type { MqttListenerConfig, SecretReference, TopicPermissions } from '../config.ts';
import { covers, filterProblem, takesArrived } from '../topic.ts';

const OWN_NAME = /%u/g;

/** A leaf device of a listener: a user, or all clients that give no user name. */
export class Leaf {
  /** `$connectionDeviceId` of what it sends. */
  readonly name: string;
  readonly password: SecretReference | undefined;
  /** Connections that it has at the moment. */
  connections = 0;
  readonly #publish: readonly Uint8Array[];
  readonly #subscribe: readonly string[];

  constructor(name: string, { publish, subscribe }: TopicPermissions, password?: SecretReference) {
    const own = (filters: readonly string[]): string[] => filters.map((filter) => filter.replace(OWN_NAME, name));
    this.name = name;
    this.password = password;
    this.#publish = own(publish).map((filter) => Buffer.from(filter));
    this.#subscribe = own(subscribe);
  }

  mayPublish(topic: string): boolean {
    const bytes = Buffer.from(topic);
    return this.#publish.some((filter) => takesArrived(filter, bytes));
  }

  /** Whether it may have everything that a filter takes. */
  maySubscribe(filter: string): boolean {
    if (filter.startsWith('$') || filterProblem(filter) !== undefined) return false;
    return this.#subscribe.some((own) => covers(own, filter));
  }
}

/** The leaf devices of one listener. */
export class Leaves {
  readonly anonymous: Leaf | undefined;
  readonly #users: ReadonlyMap<string, Leaf>;

  constructor(device: string, { users, anonymous, publish, subscribe }: MqttListenerConfig) {
    this.anonymous = anonymous === undefined ? undefined : new Leaf(device, anonymous);
    this.#users = new Map(
      Object.entries(users).map(([name, user]) => {
        const all = { publish: [...publish, ...user.publish], subscribe: [...subscribe, ...user.subscribe] };
        return [name, new Leaf(name, all, user.password)];
      }),
    );
  }

  user(name: string): Leaf | undefined {
    return this.#users.get(name);
  }

  /** Some user: a log-in of nobody takes as long as one of somebody. */
  get anyUser(): Leaf | undefined {
    return this.#users.values().next().value;
  }

  /** Those that are connected, with the number of their connections. */
  connected(): Record<string, number> {
    const all = [...(this.anonymous === undefined ? [] : [this.anonymous]), ...this.#users.values()];
    return Object.fromEntries(
      all.filter(({ connections }) => connections > 0).map((leaf) => [leaf.name, leaf.connections]),
    );
  }
}
