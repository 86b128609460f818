import '@gatehouse/sdk/assembly/abort';

const TEXT = String.UTF8.encode(
  '{"device":"pump-17","time":1767225600123,"readings":[{"name":"pressure","value":87.31,"unit":"bar"},' +
    '{"name":"casing","value":-12.25,"unit":"bar"},{"name":"current","value":1.84e1,"unit":"A"},' +
    '{"name":"temperature","value":61.3,"note":"a \\"quoted\\" and \\u00e4 escaped text"}],' +
    '"state":{"running":true,"stopped":false,"cause":null},"series":[1,22,333,4444,55555,666666,7777777]}',
);
const END = changetype<usize>(TEXT) + TEXT.byteLength;

let at: usize = 0;
let hash: i32 = 0;

function peek(): u8 {
  return at < END ? load<u8>(at) : 0;
}

function skipSpace(): void {
  while (peek() <= 0x20 && at < END) at++;
}

function fail(): void {
  throw new Error('not JSON');
}

function expect(byte: u8): void {
  if (peek() != byte) fail();
  at++;
}

function scanString(): void {
  expect(0x22);
  for (;;) {
    const byte = peek();
    if (byte < 0x20) fail();
    at++;
    if (byte == 0x22) return;
    if (byte == 0x5c) at++;
    hash = hash * 31 + byte;
  }
}

function scanDigits(): f64 {
  let value: f64 = 0;
  let byte = peek();
  while (byte >= 0x30 && byte <= 0x39) {
    value = value * 10 + <f64>(byte - 0x30);
    at++;
    byte = peek();
  }
  return value;
}

function scanNumber(): void {
  const isNegative = peek() == 0x2d;
  if (isNegative) at++;
  let value = scanDigits();
  if (peek() == 0x2e) {
    at++;
    const start = at;
    let fraction = scanDigits();
    for (let digits = at - start; digits > 0; digits--) fraction /= 10;
    value += fraction;
  }
  if (peek() == 0x65) {
    at++;
    for (let exponent = <i32>scanDigits(); exponent > 0; exponent--) value *= 10;
  }
  hash = hash * 31 + <i32>((isNegative ? -value : value) * 100);
}

function scanWord(length: i32): void {
  for (; length > 0; length--) {
    hash = hash * 31 + peek();
    at++;
  }
}

function scanList(close: u8, isObject: bool): void {
  at++;
  skipSpace();
  while (peek() != close) {
    if (isObject) {
      scanString();
      skipSpace();
      expect(0x3a);
    }
    scanValue();
    skipSpace();
    if (peek() == 0x2c) at++;
    else if (peek() != close) fail();
  }
  at++;
}

function scanValue(): void {
  skipSpace();
  switch (peek()) {
    case 0x7b:
      return scanList(0x7d, true);
    case 0x5b:
      return scanList(0x5d, false);
    case 0x22:
      return scanString();
    case 0x74:
      return scanWord(4);
    case 0x66:
      return scanWord(5);
    case 0x6e:
      return scanWord(4);
    default:
      return scanNumber();
  }
}

/** Reads a JSON text of 400 bytes by recursive descent, n times. */
export function run(n: i32): i32 {
  hash = 0;
  for (let round = 0; round < n; round++) {
    at = changetype<usize>(TEXT);
    scanValue();
  }
  return hash;
}
