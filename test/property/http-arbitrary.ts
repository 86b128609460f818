import fc from 'fast-check';
import { isReservedHeader } from '../../host/src/drivers/http/header-names.ts';
import { HTTP_METHODS, HTTP_SCHEMES, type HttpRequest } from '../../host/src/drivers/http/request.ts';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const textOf = (characters: string, minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength });

const label = textOf(`${LOWER}0123456789`, 1, 12).map((rest) => `n${rest}`);
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const ipv4 = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }).map((numbers) => numbers.join('.'));
const ipv6 = textOf('0123456789abcdef:', 2, 39).map((text) => `[${text}]`);

const segment = textOf(`${LOWER.toUpperCase()}${LOWER}0123456789-_~!$&()*+,;=:@`, 1, 12);
const path = fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`);
const query = fc.option(textOf(`${LOWER}=&/?.0123456789`, 0, 20), { nil: undefined });

const headerName = textOf(`${LOWER}0123456789-_`, 1, 20).filter((each) => !isReservedHeader(each));
const visible = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
const headerValue = fc.string({ unit: fc.oneof(visible, fc.constant(' ')), minLength: 1, maxLength: 40 });
const headers = fc
  .uniqueArray(
    fc.tuple(
      headerName,
      headerValue.map((value) => value.trim() || 'x'),
    ),
    {
      selector: ([each]) => each,
      maxLength: 16,
    },
  )
  .map((pairs) => pairs.map(([each, value]) => [each, value] as const));

/** A request as a module may make it, if its grant allows it. */
export const httpRequest: fc.Arbitrary<HttpRequest> = fc
  .record(
    {
      method: fc.constantFrom(...HTTP_METHODS),
      scheme: fc.constantFrom(...HTTP_SCHEMES),
      host: fc.oneof(name, ipv4, ipv6),
      port: fc.integer({ min: 1, max: 65_535 }),
      path: fc.tuple(path, query).map(([beginning, rest]) => (rest === undefined ? beginning : `${beginning}?${rest}`)),
      headers,
      timeoutMs: fc.nat(0xffff_ffff),
      body: fc.uint8Array({ maxLength: 200 }),
    },
    { noNullPrototype: true },
  )
  .map((request) =>
    request.method === 'GET' || request.method === 'HEAD' ? { ...request, body: new Uint8Array() } : request,
  );
