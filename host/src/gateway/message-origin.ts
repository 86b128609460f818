import { HOST_MODULE, MESSAGE_SOURCE } from '../routes/index.ts';

/** Who sent a message that enters the routes on the main thread. */
export interface MessageOrigin {
  /** As routes are compared with it. */
  readonly source: string;
  /** As receivers see it, for `message.source` [ABI-4.4]. */
  readonly name: string;
  /** Counts messages of its own; part of their ids at the hub. */
  readonly counter: string;
  /** System properties that say who it is. */
  readonly stamps: Readonly<Record<string, string>>;
  /** Set for a leaf device: its name. */
  readonly leaf?: string;
}

/** An output of the host's own module. */
export function originOfHost(deviceId: string, output: string): MessageOrigin {
  return {
    source: MESSAGE_SOURCE.module(HOST_MODULE, output),
    name: `${deviceId}/${HOST_MODULE}/${output}`,
    counter: output,
    stamps: { connectionDeviceId: deviceId, connectionModuleId: HOST_MODULE, outputName: output },
  };
}

/** A leaf device; it has no module, which is how conditions know it. */
export function originOfLeaf(leaf: string): MessageOrigin {
  return {
    source: MESSAGE_SOURCE.device,
    name: leaf,
    // A slash is in no name of an output, so that the two never count together.
    counter: `leaf/${leaf}`,
    stamps: { connectionDeviceId: leaf },
    leaf,
  };
}
