import type { NameRule } from '../json/index.ts';

/** Ids of modules. */
export const MODULE_ID: NameRule = {
  expected: 'a module id of 1 to 128 letters, digits, "_" and "-"',
  pattern: /^[A-Za-z0-9_-]{1,128}$/,
};

/** Names of routes. */
export const ROUTE_NAME: NameRule = {
  expected: 'a route name of 1 to 128 characters without ".", "$", "#" and white space',
  pattern: /^[^.$#\s\p{Cc}]{1,128}$/u,
};

/** Names of environment variables. */
export const VARIABLE_NAME: NameRule = {
  expected: 'a variable name of 1 to 128 characters without "+", "#", "$", "." and white space',
  pattern: /^[^+#$.\s\p{Cc}]{1,128}$/u,
};

/** Names of inputs and outputs [ABI-4.2]. */
export const PORT_NAME: NameRule = {
  expected: 'a name of 1 to 128 letters, digits, ".", "_" and "-"',
  pattern: /^[A-Za-z0-9._-]{1,128}$/,
};

/** Names of devices and polls. */
export const DEVICE_NAME: NameRule = {
  expected: 'a name of 1 to 64 letters, digits, "_" and "-"',
  pattern: /^[A-Za-z0-9_-]{1,64}$/,
};

/** Most entries of each list in a grant. */
export const GRANT_ENTRIES_MAX = 64;
