/** Details of answers that are not an HTTP status, which has 100 or more; docs/http.md has their meaning. */
export const DETAIL = {
  nameNotFound: 1,
  addressRefused: 2,
  notConnected: 3,
  noTls: 4,
  closed: 5,
  notHttp: 6,
  redirectRefused: 7,
  noSecret: 8,
  tooLate: 9,
} as const;
export type Detail = (typeof DETAIL)[keyof typeof DETAIL];
