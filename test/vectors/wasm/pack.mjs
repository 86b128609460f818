// Makes core.pack.br from a folder of the WebAssembly test suite as `wast2json` writes it: node pack.mjs FOLDER
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const folder = process.argv[2];
const modules = [];
const placeOf = new Map();
let moduleBytes = 0;

function place(file) {
  const bytes = readFileSync(join(folder, file));
  const key = bytes.toString('latin1');
  if (!placeOf.has(key)) {
    placeOf.set(key, [moduleBytes, bytes.length]);
    modules.push(bytes);
    moduleBytes += bytes.length;
  }
  return placeOf.get(key);
}

const value = ({ type, lane_type: lane, value: of }) =>
  type === 'v128' ? `v128.${lane ?? ''}:${(of ?? []).join(' ')}` : `${type}:${of ?? ''}`;

function pack({ type, line, filename, name, as, text, action, expected }) {
  const module = filename === undefined ? undefined : place(filename);
  const call = action && { [action.type]: action.field, on: action.module, args: action.args?.map(value) };
  return { type, line, module, name, as, text, ...call, expected: expected?.map(value) };
}

const scripts = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')))
  .map(({ source_filename: source, commands }) => ({
    source,
    commands: commands.filter(({ filename }) => filename?.endsWith('.wat') !== true).map(pack),
  }));

const text = Buffer.from(JSON.stringify(scripts));
const length = Buffer.alloc(4);
length.writeUInt32LE(text.length);
writeFileSync(
  new URL('core.pack.br', import.meta.url),
  brotliCompressSync(Buffer.concat([length, text, ...modules]), {
    params: { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_QUALITY]: 11 },
  }),
);
