import type { ErrorCode } from '../errors.ts';
import { describeNode, type JsonNode } from './node.ts';
import { childPath } from './path.ts';
import type { ProblemLog } from './problem-log.ts';
import type { JsonObject } from './value.ts';

/**
 * What a value in a file must be. One description serves three purposes: it decodes, it says in words what was
 * expected, and it gives the JSON Schema that editors complete with.
 */
export interface Shape<T> {
  /** As in `expected ...`. */
  readonly expected: string;
  readonly schema: JsonObject;
  /** The decoded value, or undefined after reporting to `place` why there is none. */
  decode(node: JsonNode, place: Place): T | undefined;
}

interface PlaceOptions {
  readonly path: string;
  readonly code: ErrorCode;
  readonly module?: string | undefined;
  readonly folder?: string | undefined;
}

/** Where a value is: its path, the module it belongs to, and the code of what is wrong there. */
export class Place {
  readonly log: ProblemLog;
  readonly path: string;
  readonly code: ErrorCode;
  readonly module: string | undefined;
  /** Where relative paths of files begin; undefined in a text that is not of this machine, which can name none. */
  readonly folder: string | undefined;

  constructor(log: ProblemLog, { path, code, module, folder }: PlaceOptions) {
    this.log = log;
    this.path = path;
    this.code = code;
    this.module = module;
    this.folder = folder;
  }

  /** The place of a member or an item, which begins at `offset`. */
  at(key: string | number, offset: number): Place {
    const path = childPath(this.path, key);
    this.log.place(path, offset);
    return new Place(this.log, { ...this, path });
  }

  /** The same place, where problems concern only the module. */
  ofModule(module: string): Place {
    return new Place(this.log, { ...this, module });
  }

  /** The same place, where problems have another code. */
  withCode(code: ErrorCode): Place {
    return new Place(this.log, { ...this, code });
  }

  /** Reports an error; gives undefined, so that a decoder can return it. */
  refuse(offset: number, message: string): undefined {
    this.log.add({ code: this.code, path: this.path, module: this.module, offset, message });
    return undefined;
  }

  /** Reports an error of a member that was decoded before, or of one that is missing. */
  refuseMember(key: string, message: string): undefined {
    this.log.add({ code: this.code, path: childPath(this.path, key), module: this.module, message });
    return undefined;
  }

  /** Reports that a value is not what was expected. */
  mismatch(node: JsonNode, expected: string, hint = ''): undefined {
    return this.refuse(node.offset, `expected ${expected}, got ${describeNode(node)}${hint}`);
  }

  warn(offset: number, message: string): void {
    this.log.add({ severity: 'warning', code: this.code, path: this.path, module: this.module, offset, message });
  }
}

/** The same shape with one more rule, which reports what is wrong and returns undefined, or returns the value. */
export function refine<T, U>(
  shape: Shape<T>,
  rule: (value: T, node: JsonNode, place: Place) => U | undefined,
): Shape<U> {
  return {
    expected: shape.expected,
    schema: shape.schema,
    decode(node, place) {
      const value = shape.decode(node, place);
      return value === undefined ? undefined : rule(value, node, place);
    },
  };
}
