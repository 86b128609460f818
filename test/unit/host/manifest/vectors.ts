import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeGateway } from '../../../../host/src/configuration/decode-gateway.ts';
import type { Problem } from '../../../../host/src/errors.ts';
import { decodeDeployment } from '../../../../host/src/manifest/decode-deployment.ts';

const FOLDER = fileURLToPath(new URL('../../../vectors/manifest', import.meta.url));

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Path = (string | number)[];

/** A row of `bad.json`; the README beside it says what the members mean. */
export interface BadVector {
  readonly name: string;
  readonly base?: string;
  readonly set?: readonly [Path, Json][];
  readonly remove?: readonly Path[];
  readonly text?: string;
  readonly gateway?: boolean;
  readonly expect: readonly Pick<Problem, 'code' | 'path' | 'module'>[];
  readonly schema?: boolean;
}

export const validFiles = readdirSync(`${FOLDER}/valid`).sort();
export const readValid = (file: string): string => readFileSync(`${FOLDER}/valid/${file}`, 'utf8');
export const badVectors = JSON.parse(readFileSync(`${FOLDER}/bad.json`, 'utf8')) as BadVector[];

export const isGateway = (vector: BadVector): boolean => vector.gateway ?? vector.base?.startsWith('gateway') ?? false;

/** The text that a row stands for. */
export function textOf({ base, set = [], remove = [], text }: BadVector): string {
  if (text !== undefined) return text;
  const root = JSON.parse(readValid(base!)) as Json;
  for (const [path, value] of set) put(root, path, value);
  for (const path of remove) put(root, path, undefined);
  return JSON.stringify(root, undefined, 2);
}

/** Decodes a text as the kind of file that its name says. */
export function decodeVector(text: string, gateway: boolean) {
  return gateway
    ? decodeGateway(text, '/etc/gatehouse/gateway.json')
    : decodeDeployment(text, '/etc/gatehouse/deployment.json');
}

function put(root: Json, path: Path, value: Json | undefined): void {
  let parent = root as Record<string | number, Json>;
  for (const key of path.slice(0, -1)) {
    parent[key] ??= {};
    parent = parent[key] as Record<string | number, Json>;
  }
  const last = path.at(-1)!;
  if (value === undefined) delete parent[last];
  else parent[last] = isRepeat(value) ? value.$repeat.repeat(value.times) : value;
}

function isRepeat(value: Json): value is { $repeat: string; times: number } {
  return typeof value === 'object' && value !== null && '$repeat' in value;
}
