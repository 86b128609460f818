import type { Leaf, Leaves } from './leaves.ts';
import { isPassword } from './password.ts';

/** What became of a log-in. */
export type LogInResult =
  | { readonly kind: 'welcome'; readonly leaf: Leaf }
  | { readonly kind: 'refused'; readonly leaf: Leaf | undefined; readonly why: string }
  /** The gateway cannot tell: a secret is missing or wrong. */
  | { readonly kind: 'unavailable'; readonly why: string };

/** Finds out who a client is. One log-in is checked after the other, so that many of them take no more than one processor. */
export class LogIn {
  readonly #leaves: Leaves;
  readonly #readSecret: (name: string) => Promise<string>;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(leaves: Leaves, readSecret: (name: string) => Promise<string>) {
    this.#leaves = leaves;
    this.#readSecret = readSecret;
  }

  check(username: string | undefined, password: Uint8Array | undefined): Promise<LogInResult> {
    const result = this.#turn.then(() => this.#check(username, password));
    this.#turn = result;
    return result;
  }

  async #check(username: string | undefined, password: Uint8Array | undefined): Promise<LogInResult> {
    const { anonymous } = this.#leaves;
    if (username === undefined) {
      if (anonymous !== undefined && password === undefined) return { kind: 'welcome', leaf: anonymous };
      return { kind: 'refused', leaf: undefined, why: 'it gives no user name' };
    }
    const leaf = this.#leaves.user(username);
    const reference = (leaf ?? this.#leaves.anyUser)?.password;
    if (reference === undefined) return { kind: 'refused', leaf: undefined, why: 'there are no users' };
    try {
      const secret = await this.#readSecret(reference.secret);
      const isRight = await isPassword(password ?? new Uint8Array(0), secret);
      if (leaf !== undefined && isRight && password !== undefined) return { kind: 'welcome', leaf };
    } catch (error) {
      return { kind: 'unavailable', why: `the secret "${reference.secret}" is of no use: ${(error as Error).message}` };
    }
    return { kind: 'refused', leaf, why: leaf === undefined ? 'there is no such user' : 'its password is wrong' };
  }
}
