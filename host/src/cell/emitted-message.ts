import { align8, FLAG_JSON, MESSAGE_BYTES } from '../abi/constants.ts';
import { JSON_COSTS } from '../abi/import-costs.ts';
import { decodeProperties, type Property } from '../abi/properties.ts';
import type { JsonValue } from '../json/value.ts';
import { decodeRouteBody, isReadable, type RouteMessage, readProperty, settableKey } from '../routes/index.ts';
import type { GuestMemory } from './guest-memory.ts';
import type { ImportContext } from './imports/context.ts';
import type { OutputPort } from './output-port.ts';

/**
 * The message that a guest is emitting, as routes see it. Nothing is decoded before a condition asks for it, and each
 * part at most once a message. One object serves all messages of an instance.
 */
export class EmittedMessage implements RouteMessage {
  port!: OutputPort;
  flags = 0;
  /** Offsets in the memory of the guest, and sizes. */
  propertiesAt = 0;
  propertiesBytes = 0;
  bodyAt = 0;
  bodyBytes = 0;
  readonly #context: ImportContext;
  #properties: readonly Property[] | undefined;
  #body: JsonValue | undefined;
  #isBodyRead = false;

  constructor(context: ImportContext) {
    this.#context = context;
  }

  /** Bytes of the frame in which it is delivered. */
  get frameBytes(): number {
    return MESSAGE_BYTES + align8(this.propertiesBytes) + align8(this.bodyBytes);
  }

  /** Forgets what was decoded of the one before. */
  reset(): void {
    this.#properties = undefined;
    this.#body = undefined;
    this.#isBodyRead = false;
  }

  property(name: string): string | undefined {
    return isReadable(name) ? readProperty(this.#decoded(), name) : undefined;
  }

  system(name: string): string | undefined {
    switch (name) {
      case 'connectionDeviceId':
        return this.#context.slot.spec.deviceId;
      case 'connectionModuleId':
        return this.#context.slot.id;
      case 'outputName':
        return this.port.name;
      case 'contentType':
        if (this.flags === FLAG_JSON) return 'application/json';
        break;
      case 'contentEncoding':
        if (this.flags === FLAG_JSON) return 'utf-8';
        break;
    }
    const key = settableKey(name);
    return key === undefined ? undefined : this.#decoded().find(([name]) => name === key)?.[1];
  }

  body(): JsonValue | undefined {
    if (!this.#isBodyRead) {
      this.#isBodyRead = true;
      this.#body = this.#parseBody();
    }
    return this.#body;
  }

  get #memory(): GuestMemory {
    return this.#context.memory as GuestMemory;
  }

  #decoded(): readonly Property[] {
    this.#properties ??=
      decodeProperties(this.#memory.view(this.propertiesAt, this.propertiesBytes), this.flags === FLAG_JSON) ?? [];
    return this.#properties;
  }

  #parseBody(): JsonValue | undefined {
    const { slot } = this.#context;
    slot.hostWork += this.bodyBytes * JSON_COSTS.parsedByte;
    const type = this.system('contentType');
    const bytes = this.#memory.view(this.bodyAt, this.bodyBytes);
    const body = decodeRouteBody(bytes, type, this.system('contentEncoding'));
    if (body === undefined && type !== undefined) slot.hostWork += JSON_COSTS.refusedText;
    return body;
  }
}
