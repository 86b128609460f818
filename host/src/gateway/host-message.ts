import type { Property } from '../abi/properties.ts';
import type { JsonValue } from '../json/index.ts';
import {
  decodeRouteBody,
  HOST_MODULE,
  isReadable,
  type RouteMessage,
  readProperty,
  settableKey,
} from '../routes/index.ts';

export interface HostMessageParts {
  readonly deviceId: string;
  readonly output: string;
  readonly properties: readonly Property[];
  /** JSON in UTF-8. */
  readonly body: Uint8Array;
}

/** A message of the host itself, as routes see it. */
export class HostMessage implements RouteMessage {
  readonly #parts: HostMessageParts;
  #body: JsonValue | undefined;
  #isBodyRead = false;

  constructor(parts: HostMessageParts) {
    this.#parts = parts;
  }

  property(name: string): string | undefined {
    return isReadable(name) ? readProperty(this.#parts.properties, name) : undefined;
  }

  system(name: string): string | undefined {
    switch (name) {
      case 'connectionDeviceId':
        return this.#parts.deviceId;
      case 'connectionModuleId':
        return HOST_MODULE;
      case 'outputName':
        return this.#parts.output;
      case 'contentType':
        return 'application/json';
      case 'contentEncoding':
        return 'utf-8';
    }
    const key = settableKey(name);
    return this.#parts.properties.find(([name]) => name === key)?.[1];
  }

  body(): JsonValue | undefined {
    if (!this.#isBodyRead) {
      this.#isBodyRead = true;
      this.#body = decodeRouteBody(this.#parts.body, 'application/json', 'utf-8');
    }
    return this.#body;
  }
}
