import { gzipSync } from 'node:zlib';

/** A file of an archive. */
export interface TarFile {
  /** At most 100 bytes, with `/` between folders. */
  readonly name: string;
  readonly content: Uint8Array;
}

const BLOCK = 512;
const NAME_BYTES = 100;
/** Only for who unpacks it. */
const MODE = '0000600';

/**
 * A `.tar.gz` of regular files, in the ustar format of POSIX.1-1988, which every `tar` reads.
 *
 * ```text
 * header of 512 bytes, numbers in octal and ended by 0:
 *   0 name 100 | 100 mode 8 | 108 uid 8 | 116 gid 8 | 124 size 12 | 136 mtime 12 | 148 checksum 8 | 156 type '0'
 *   157 link 100 | 257 'ustar' 0 '00' | 265 user 32 | 297 group 32 | 329 device 16 | 345 prefix 155
 * content, filled up with zeros to a multiple of 512
 * ... and two blocks of zeros behind the last file
 * ```
 *
 * @param time of all files, in seconds since 1970
 */
export function tarGzip(files: readonly TarFile[], time: number): Buffer {
  const blocks = files.flatMap(({ name, content }) => [
    header(name, content.byteLength, time),
    content,
    Buffer.alloc((BLOCK - (content.byteLength % BLOCK)) % BLOCK),
  ]);
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]));
}

function header(name: string, bytes: number, time: number): Buffer {
  if (Buffer.byteLength(name) > NAME_BYTES) throw new RangeError(`the name ${name} is too long for an archive`);
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0);
  block.write(MODE, 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(bytes, 11), 124);
  block.write(octal(time, 11), 136);
  // The checksum counts itself as spaces.
  block.write('        ', 148);
  block.write('0', 156);
  block.write('ustar\u000000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\u0000 `, 148);
  return block;
}

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
