import { Turns } from '../../turns.ts';
import type { Leaf, Leaves } from './leaves.ts';
import { isPassword } from './password.ts';

/** What became of a log-in. */
export type LogInResult =
  | { readonly kind: 'welcome'; readonly leaf: Leaf }
  | { readonly kind: 'refused'; readonly leaf: Leaf | undefined; readonly why: string }
  /** The gateway cannot tell: a secret is missing or wrong. */
  | { readonly kind: 'unavailable'; readonly why: string };

/** What a client says of itself. */
export interface LogInAttempt {
  /** Where it comes from. */
  readonly address: string;
  readonly username: string | undefined;
  readonly password: Uint8Array | undefined;
  /** Whether the client has left, so that nobody wants to know. */
  readonly isGone: () => boolean;
}

interface Waiting {
  readonly attempt: LogInAttempt;
  readonly tell: (result: LogInResult | undefined) => void;
}

/**
 * Finds out who a client is. One log-in is checked after the other, so that many of them take no more than one processor; addresses
 * take turns, so that one with many delays none of another.
 */
export class LogIn {
  readonly #leaves: Leaves;
  readonly #readSecret: (name: string) => Promise<string>;
  readonly #turns = new Turns<Waiting>();
  #isBusy = false;

  constructor(leaves: Leaves, readSecret: (name: string) => Promise<string>) {
    this.#leaves = leaves;
    this.#readSecret = readSecret;
  }

  /** Undefined when the client has left before its turn: nothing was looked at then. */
  check(attempt: LogInAttempt): Promise<LogInResult | undefined> {
    return new Promise((tell) => {
      this.#turns.add(attempt.address, { attempt, tell });
      if (!this.#isBusy) void this.#checkAll();
    });
  }

  async #checkAll(): Promise<void> {
    this.#isBusy = true;
    for (let next = this.#turns.next(); next !== undefined; next = this.#turns.next())
      next.tell(next.attempt.isGone() ? undefined : await this.#check(next.attempt));
    this.#isBusy = false;
  }

  async #check({ username, password }: LogInAttempt): Promise<LogInResult> {
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
