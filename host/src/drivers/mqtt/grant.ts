/** Access to one broker or listener. */
export interface MqttGrant {
  /** Name of a device. */
  readonly device: string;
  /** Filters of the topics that it may publish to. */
  readonly publish: readonly string[];
}
