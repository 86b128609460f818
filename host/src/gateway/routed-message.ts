import type { Property } from '../abi/properties.ts';
import type { JsonValue } from '../json/index.ts';
import { decodeRouteBody, isReadable, type RouteMessage, readProperty, settableKey } from '../routes/index.ts';
import type { MessageOrigin } from './message-origin.ts';

/** What a message on the main thread consists of. */
export interface MessageContent {
  readonly properties: readonly Property[];
  readonly body: Uint8Array;
  /** The body is JSON in UTF-8. */
  readonly isJson: boolean;
}

const SAID_OF_JSON: Readonly<Record<string, string>> = { contentType: 'application/json', contentEncoding: 'utf-8' };

/** A message that enters the routes on the main thread, as conditions see it. */
export class RoutedMessage implements RouteMessage {
  readonly #origin: MessageOrigin;
  readonly #content: MessageContent;
  #body: JsonValue | undefined;
  #isBodyRead = false;

  constructor(origin: MessageOrigin, content: MessageContent) {
    this.#origin = origin;
    this.#content = content;
  }

  property(name: string): string | undefined {
    return isReadable(name) ? readProperty(this.#content.properties, name) : undefined;
  }

  system(name: string): string | undefined {
    const { stamps } = this.#origin;
    if (Object.hasOwn(stamps, name)) return stamps[name];
    const { isJson, properties } = this.#content;
    if (isJson && Object.hasOwn(SAID_OF_JSON, name)) return SAID_OF_JSON[name];
    const key = settableKey(name);
    return properties.find(([name]) => name === key)?.[1];
  }

  body(): JsonValue | undefined {
    if (!this.#isBodyRead && this.#content.isJson) {
      this.#isBodyRead = true;
      this.#body = decodeRouteBody(this.#content.body, 'application/json', 'utf-8');
    }
    return this.#body;
  }
}
