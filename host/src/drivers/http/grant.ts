import type { HttpMethod } from './request.ts';

/** Requests over HTTP that a module may make. */
export interface HttpGrant {
  /** `https://host`, `https://host:port`, or `https://*.domain` for every name below the domain; `http` as well. */
  readonly origins: readonly string[];
  readonly methods: readonly HttpMethod[];
  /** Beginnings of paths, whole segments each. */
  readonly paths: readonly string[];
  /** Headers that the host adds, by name in lower case; the module neither sees nor sets them. */
  readonly headers: Readonly<Record<string, SecretHeader>>;
  /** Names in lower case of headers that the module may set besides `content-type` and `accept`. */
  readonly requestHeaders: readonly string[];
  /** Also addresses that are not public: of the gateway itself, its networks, and metadata services. */
  readonly allowPrivate: boolean;
  /** Longest body of a request. */
  readonly requestBytes: number;
  /** Longest body of an answer. */
  readonly answerBytes: number;
  /** From the request of the module to the end of the answer, redirects included. */
  readonly timeoutMs: number;
  /** Redirects followed for one request. */
  readonly redirects: number;
}

/** A header whose value is a secret of the gateway. */
export interface SecretHeader {
  /** Name of a secret in the gateway configuration. */
  readonly secret: string;
  /** In front of the secret, as in `Bearer `. */
  readonly prefix?: string;
}
