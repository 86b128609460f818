import { Answer } from '../events/answer';
import { JsonValue, parseInPlace } from '../json/json-value';
import { decode } from '../utf8';

// The payload of an answer: the headers that the host hands on, then the body.
// ╒═══════════════════╤═══════╤════════════════╤═════════╤══════╕
// │ header bytes u16  │ 0 u16 │ body bytes u32 │ headers │ body │
// └───────────────────┴───────┴────────────────┴─────────┴──────┘
//  0                   2       4                8

/**
 * What a server answered.
 *
 * ```ts
 * import { Answer, HttpAnswer, log } from '@gatehouse/sdk';
 *
 * export function show(answer: Answer): void {
 *   const http = HttpAnswer.of(answer);
 *   if (http.code == 0) log.warning(`no answer: ${answer.status}`);
 *   else if (http.header('content-type') == 'application/json') log.info(`limit ${http.json().get('limit').f64()}`);
 *   else log.info(`${http.code}: ${http.text} (${http.bodyBytes} bytes)`);
 * }
 * ```
 */
@unmanaged
export class HttpAnswer extends Answer {
  /** The answer, seen as one of the HTTP driver. */
  static of(answer: Answer): HttpAnswer {
    return changetype<HttpAnswer>(answer);
  }

  /** The HTTP status, or 0 if no server answered. */
  get code(): i32 {
    return this.detail >= 100 ? this.detail : 0;
  }

  /** Length of the body in bytes. */
  get bodyBytes(): i32 {
    return this.payloadBytes < 8 ? 0 : <i32>load<u32>(this.payloadPointer, 4);
  }

  /** Where the body begins, in the inbox. */
  get bodyPointer(): usize {
    return this.payloadPointer + (this.payloadBytes < 8 ? 0 : 8 + <usize>load<u16>(this.payloadPointer));
  }

  /** The body as text; malformed UTF-8 becomes U+FFFD. */
  get text(): string {
    return decode(this.bodyPointer, this.bodyBytes);
  }

  /** The body as JSON; missing if it is none. The body is checked once a call. Valid until the handler returns. */
  json(): JsonValue {
    return parseInPlace(this.bodyPointer, this.bodyBytes);
  }

  /** A header by its name in lower case, of `content-type content-encoding location retry-after date`; null if it did not come. */
  header(name: string): string | null {
    let at = this.payloadPointer + 8;
    const end = this.bodyPointer;
    while (at + 4 <= end) {
      const nameBytes = <usize>load<u16>(at);
      const valueBytes = <usize>load<u16>(at, 2);
      if (decode(at + 4, <i32>nameBytes) == name) return decode(at + 4 + nameBytes, <i32>valueBytes);
      at += 4 + nameBytes + valueBytes;
    }
    return null;
  }
}
