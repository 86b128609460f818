import type { ProtocolVersion } from './session.ts';

/**
 * Which version of MQTT the connections of an uplink speak. Only MQTT 5 can carry the announcement that one connection
 * may speak for all identities, so it is tried first where the configuration leaves that open; what the hub accepts
 * first is kept.
 */
export class ProtocolChoice {
  #version: ProtocolVersion;
  #isSettled: boolean;

  /** @param isOpen false: 3.1.1, whatever happens */
  constructor(isOpen: boolean) {
    this.#version = isOpen ? 5 : 4;
    this.#isSettled = !isOpen;
  }

  get version(): ProtocolVersion {
    return this.#version;
  }

  /** The hub accepted a connection. */
  accepted(version: ProtocolVersion): void {
    this.#version = version;
    this.#isSettled = true;
  }

  /**
   * The hub was reached but did not accept. Some hubs say that they do not know MQTT 5, others just close.
   *
   * @returns true when the same should be tried at once with another version
   */
  failed(version: ProtocolVersion): boolean {
    if (this.#isSettled) return false;
    this.#version = version === 5 ? 4 : 5;
    return version === 5;
  }
}
