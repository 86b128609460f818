// Answers every request with 2 bytes, over TLS when given a certificate and a key; prints its port. A process of its own, so that its work is not counted.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

const [certificate, key] = process.argv.slice(2);
const answer = (request, response) => {
  request.resume();
  request.on('end', () => response.end('ok'));
};
const server =
  certificate === undefined
    ? createServer(answer)
    : createTlsServer({ cert: readFileSync(certificate), key: readFileSync(key) }, answer);
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
