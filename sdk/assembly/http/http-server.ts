import * as host from '../imports/http';
import { JsonWriter } from '../json/json-writer';
import { encode, scratchOf } from '../utf8';

// A request, little-endian:
// ╒═══════════╤═══════════╤══════════╤═══════════╤═══════════╤═══════════╤═══════╤════════════╤════════════╕
// │ method u8 │ scheme u8 │ port u16 │ host      │ path      │ headers   │ 0 u16 │ timeout ms │ body bytes │ host ...
// │           │           │          │ bytes u16 │ bytes u16 │ bytes u16 │       │ u32        │ u32        │
// └───────────┴───────────┴──────────┴───────────┴───────────┴───────────┴───────┴────────────┴────────────┘
//  0           1           2          4           6           8           10      12           16            20
// Behind it: host, path, headers (bytes of name u16, bytes of value u16, name, value), body.

const HEAD: usize = 20;

/** Methods, numbered as the driver numbers them. */
export const enum HttpMethod {
  Get = 1,
  Head = 2,
  Post = 3,
  Put = 4,
  Patch = 5,
  Delete = 6,
}

/**
 * A server that a grant `http` allows requests to. Secrets that it wants are added by the host, which knows them from the
 * gateway's configuration; the module never sees them.
 *
 * Every method returns a request id of 1 or more, or a `Status`: `Denied` outside the grant, `Invalid` for what cannot be a
 * path or a host. The answer arrives in `Module.onAnswer`; see `HttpAnswer`. A request is sent once and not repeated.
 *
 * ```ts
 * import { Answer, HttpAnswer, HttpServer, JsonWriter, log, Message, Module } from '@gatehouse/sdk';
 *
 * class Hook extends Module {
 *   private readonly hook: HttpServer = new HttpServer('https://hooks.example.com');
 *   private readonly json: JsonWriter = new JsonWriter();
 *
 *   onMessage(message: Message): void {
 *     this.hook.post('/alarm', this.json.clear().set('text', message.text));
 *   }
 *
 *   onAnswer(answer: Answer): void {
 *     if (!answer.isOk) log.error(`the hook was not told: status ${answer.status}, HTTP ${HttpAnswer.of(answer).code}`);
 *   }
 * }
 * ```
 *
 * All that can be asked of a server:
 *
 * ```ts
 * import { HttpMethod, HttpServer, JsonWriter } from '@gatehouse/sdk';
 *
 * const server = new HttpServer('https://api.example.com:8443', 5000); // milliseconds for each request
 *
 * export function ask(): i32 {
 *   server.get('/v1/limits?of=pump');
 *   server.postText('/v1/log', 'started', 'text/plain');
 *   server.send(HttpMethod.Put, '/v1/state', JsonWriter.object().set('on', true));
 *   return server.remove('/v1/alarms/7');
 * }
 * ```
 */
export class HttpServer {
  private readonly scheme: u8;
  private readonly host: string;
  private readonly port: u16;

  /**
   * @param origin `https://host` or `http://host`, with `:port` unless it is 443 or 80, and nothing behind; aborts for anything else
   * @param timeoutMs time for each request; 0 for that of the grant
   */
  constructor(
    origin: string,
    readonly timeoutMs: i32 = 0,
  ) {
    const isTls = origin.startsWith('https://');
    assert(isTls || origin.startsWith('http://'), 'origin is not http(s)://');
    const rest = origin.substring(isTls ? 8 : 7);
    const bracket = rest.lastIndexOf(']');
    const colon = rest.lastIndexOf(':');
    const hasPort = colon > bracket;
    const port = hasPort ? <i32>parseInt(rest.substring(colon + 1), 10) : isTls ? 443 : 80;
    assert(port > 0 && port < 65536, 'origin has a bad port');
    this.scheme = isTls ? 2 : 1;
    this.host = hasPort ? rest.substring(0, colon) : rest;
    this.port = <u16>port;
  }

  /** Asks for what is at a path, which begins with `/` and may have a query. */
  get(path: string): i32 {
    return this.request(HttpMethod.Get, path, null, 0, 0, null);
  }

  /** Sends JSON; the writer's objects and lists are closed. */
  post(path: string, body: JsonWriter): i32 {
    return this.send(HttpMethod.Post, path, body);
  }

  /** Sends a text in UTF-8. */
  postText(path: string, body: string, contentType: string = 'text/plain; charset=utf-8'): i32 {
    return this.request(HttpMethod.Post, path, contentType, 0, 0, body);
  }

  /** Sends JSON with another method. */
  send(method: HttpMethod, path: string, body: JsonWriter): i32 {
    body.finish();
    return this.request(method, path, 'application/json', body.pointer, body.byteLength, null);
  }

  /** DELETE, which is a reserved word. */
  remove(path: string): i32 {
    return this.request(HttpMethod.Delete, path, null, 0, 0, null);
  }

  /** Writes a request into the scratch memory and makes it. The body is bytes or, if not null, a text. */
  private request(
    method: HttpMethod,
    path: string,
    contentType: string | null,
    body: usize,
    bodyBytes: i32,
    text: string | null,
  ): i32 {
    const textUnits = text === null ? 0 : text.length;
    const typeUnits = contentType === null ? 0 : contentType.length;
    const head = scratchOf(HEAD + 32 + (this.host.length + path.length + typeUnits + textUnits) * 3 + bodyBytes);
    let at = head + HEAD;
    const hostBytes = encode(this.host, at);
    at += hostBytes;
    const pathBytes = encode(path, at);
    at += pathBytes;
    let headerBytes = 0;
    if (contentType !== null) {
      encode('content-type', at + 4);
      const valueBytes = encode(contentType, at + 16);
      store<u16>(at, 12);
      store<u16>(at, <u16>valueBytes, 2);
      headerBytes = 16 + valueBytes;
      at += headerBytes;
    }
    if (text !== null) bodyBytes = encode(text, at);
    else memory.copy(at, body, bodyBytes);
    store<u8>(head, <u8>method);
    store<u8>(head, this.scheme, 1);
    store<u16>(head, this.port, 2);
    store<u16>(head, <u16>hostBytes, 4);
    store<u16>(head, <u16>pathBytes, 6);
    store<u16>(head, <u16>headerBytes, 8);
    store<u16>(head, 0, 10);
    store<u32>(head, this.timeoutMs, 12);
    store<u32>(head, bodyBytes, 16);
    return host.request(head, <i32>(at - head) + bodyBytes);
  }
}
