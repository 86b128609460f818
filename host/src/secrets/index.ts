export { namesSecret, secretName } from './named-secret.ts';
export { readSecret } from './read-secret.ts';
export { SECRET_BYTES_MAX, type SecretSource, type Secrets } from './secret-source.ts';
