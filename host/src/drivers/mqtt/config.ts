/** Where a secret is; its value is read when it is needed. */
export interface SecretReference {
  /** Name of a secret of the gateway configuration. */
  readonly secret: string;
}

/** A broker that is there already, of which the gateway is a client. */
export interface MqttBrokerConfig {
  readonly type: 'mqtt-broker';
  /** `mqtts://host[:port]` or `mqtt://host[:port]`. */
  readonly url: string;
  readonly username?: string;
  readonly password?: SecretReference;
  /** Absolute path of a PEM file with the authorities to trust instead of Node's own. */
  readonly ca?: string;
  /** Absolute paths of PEM files: who the gateway is. */
  readonly certificate?: string;
  readonly key?: string;
  /** Absent: `gatehouse-DEVICEID-NAME`. */
  readonly clientId?: string;
  readonly version: '3.1.1' | '5';
  readonly topics: readonly BrokerTopic[];
  readonly keepAliveSeconds: number;
  /** How long the broker is to keep messages for us while we are away; 0: not at all. */
  readonly sessionSeconds: number;
  /** Longest packet that is taken from the broker. */
  readonly packetBytes: number;
  /** Longest time from sending a message to its acknowledgement. */
  readonly timeoutMs: number;
}

export interface BrokerTopic {
  readonly filter: string;
  readonly qos: number;
}

/** A broker in the gateway itself, for leaf devices that send to it. */
export interface MqttListenerConfig {
  readonly type: 'mqtt-listener';
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Absolute paths of PEM files; with them the listener speaks TLS only. */
  readonly certificate?: string;
  readonly key?: string;
  readonly users: Readonly<Record<string, ListenerUser>>;
  /** What every user may; `%u` is its name. */
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** Absent: nobody without a name and password. */
  readonly anonymous?: TopicPermissions;
  readonly clients: number;
  readonly clientsPerUser: number;
  /** Longest packet that is taken from a client. */
  readonly packetBytes: number;
  /** Longest time from a connection to its CONNECT, TLS included. */
  readonly connectMs: number;
  /** Longest silence of a client, whatever it asks for. */
  readonly silenceSeconds: number;
}

export interface TopicPermissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

export interface ListenerUser extends TopicPermissions {
  readonly password: SecretReference;
}

export type MqttConfig = MqttBrokerConfig | MqttListenerConfig;
