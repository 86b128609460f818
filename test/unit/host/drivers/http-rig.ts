import type { Status } from '../../../../host/src/abi/constants.ts';
import type { WriteAudit } from '../../../../host/src/drivers/driver.ts';
import { decodeAnswer } from '../../../../host/src/drivers/http/answer-codec.ts';
import type { HttpGrant } from '../../../../host/src/drivers/http/grant.ts';
import { HttpDriver, type HttpDriverOptions } from '../../../../host/src/drivers/http/http-driver.ts';
import { parseOrigin } from '../../../../host/src/drivers/http/origin-text.ts';
import type { HttpRequest } from '../../../../host/src/drivers/http/request.ts';
import { encodeHttpRequest } from '../../../../host/src/drivers/http/request-codec.ts';
import type { LogLine } from './driver-rig.ts';

export interface HttpAnswer {
  readonly status: Status;
  readonly detail: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Options = Partial<Omit<HttpDriverOptions, 'grants' | 'events'>>;

/** A grant with every setting filled in, for servers of the test unless it says otherwise. */
export const grantOf = (grant: Partial<HttpGrant> & Pick<HttpGrant, 'origins'>): HttpGrant => ({
  ...{ methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'], paths: ['/'], headers: {}, requestHeaders: [] },
  ...{ allowPrivate: true, requestBytes: 16_384, answerBytes: 65_536, timeoutMs: 5_000, redirects: 0 },
  ...grant,
});

/** A request of a module; `url` is an origin of a grant and a path. */
export function requestTo(url: string, parts: Partial<HttpRequest> & { readonly text?: string } = {}): HttpRequest {
  const [, origin = '', path = '/'] = /^(https?:\/\/[^/]+)(\/.*)?$/.exec(url) ?? [];
  const { text, ...rest } = parts;
  const { scheme, host, port } = parseOrigin(origin) ?? { scheme: 'http', host: origin, port: 80 };
  return {
    ...{ method: 'GET', scheme, host, port, path, headers: [], timeoutMs: 0 },
    body: new TextEncoder().encode(text ?? ''),
    ...rest,
  };
}

export const postTo = (url: string, text: string, parts: Partial<HttpRequest> = {}): HttpRequest =>
  requestTo(url, { method: 'POST', text, ...parts });

/** A driver under test: answers as promises, and everything it says kept. */
export class HttpRig {
  readonly audits: WriteAudit[] = [];
  readonly logs: LogLine[] = [];
  readonly denials: string[] = [];
  readonly driver: HttpDriver;
  #request = 0;

  /** @param grants of the module `m`, or by module */
  constructor(grants: readonly HttpGrant[] | Readonly<Record<string, readonly HttpGrant[]>>, options: Options = {}) {
    this.driver = new HttpDriver({
      readSecret: async (name) => `value-of-${name}`,
      ...options,
      grants: Array.isArray(grants) ? { m: grants } : (grants as Readonly<Record<string, readonly HttpGrant[]>>),
      events: {
        log: (level, text, code) => this.logs.push({ level, text, code }),
        denied: (module, text, count) => this.denials.push(`${module} ${count}: ${text}`),
        audit: (write) => this.audits.push(write),
      },
    });
  }

  static async open(...parameters: ConstructorParameters<typeof HttpRig>): Promise<HttpRig> {
    const rig = new HttpRig(...parameters);
    await rig.driver.open();
    return rig;
  }

  request(request: HttpRequest, module = 'm'): Promise<HttpAnswer> {
    return new Promise((resolve) => {
      this.requestWith(encodeHttpRequest(request), resolve, module);
    });
  }

  /** Makes a request of any bytes; `answer` is called for each answer. */
  requestWith(payload: Uint8Array, answer: (answer: HttpAnswer) => void, module = 'm', ageMs = 0): void {
    this.driver.request(
      {
        ...{ module, instance: 1, request: ++this.#request, ageMs },
        answer(status, detail, bytes) {
          const { headers = [], body = bytes } = decodeAnswer(bytes) ?? {};
          answer({ status, detail, headers: Object.fromEntries(headers), body: Buffer.from(body).toString() });
        },
      },
      payload,
    );
  }

  /** What the driver counts of an origin. */
  status(origin: string): Record<string, unknown> {
    return this.driver.status()[origin] as Record<string, unknown>;
  }

  close(): Promise<void> {
    return this.driver.close();
  }
}
