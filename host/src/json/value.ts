/** A value that JSON can express. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** An object of JSON values. Objects that come from files have no prototype, so that no key has a meaning of its own. */
export type JsonObject = { readonly [key: string]: JsonValue };
