/** Where the gateway has a secret from. Its value is read when it is needed, and kept nowhere. */
export type SecretSource =
  /** Absolute path of a file that holds it. */
  | { readonly file: string }
  /** Name of a variable of the process. */
  | { readonly env: string };

export type Secrets = Readonly<Record<string, SecretSource>>;

/** Longest secret. */
export const SECRET_BYTES_MAX = 8_192;
