import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** `scrypt:N:r:p:SALT:HASH`, both in base64. */
const SCRYPT = /^scrypt:(\d{1,6}):(\d{1,2}):(\d{1,2}):([A-Za-z0-9+/]{16,88}={0,2}):([A-Za-z0-9+/]{22,88}={0,2})$/;
/** More would let a few log-ins take the memory of the gateway. */
const SCRYPT_BYTES_MAX = 67_108_864;
const SCRYPT_PARALLEL_MAX = 4;

const key = randomBytes(32);
const digest = (text: Uint8Array | string): Buffer => createHmac('sha256', key).update(text).digest();

/**
 * Whether a password is the one of a secret, which holds it as it is or as scrypt of it. How long that takes tells nothing
 * of how much of it is right.
 *
 * @throws Error for a secret that begins like scrypt and is none, or is too expensive
 */
export async function isPassword(password: Uint8Array, secret: string): Promise<boolean> {
  if (!secret.startsWith('scrypt:')) return timingSafeEqual(digest(password), digest(secret));
  const [, n, r, p, salt, hash] = SCRYPT.exec(secret) ?? [];
  if (hash === undefined) throw new Error('it is not of the form scrypt:N:r:p:SALT:HASH');
  const cost = { N: Number(n), r: Number(r), p: Number(p) };
  if (128 * cost.N * cost.r > SCRYPT_BYTES_MAX || cost.p > SCRYPT_PARALLEL_MAX)
    throw new Error('its scrypt needs too much memory or work');
  const expected = Buffer.from(hash, 'base64');
  const found = await new Promise<Buffer>((resolve, reject) => {
    const options = { ...cost, maxmem: 2 * SCRYPT_BYTES_MAX };
    scrypt(password, Buffer.from(salt ?? '', 'base64'), expected.byteLength, options, (error, bytes) =>
      error === null ? resolve(bytes) : reject(error),
    );
  });
  return timingSafeEqual(found, expected);
}
