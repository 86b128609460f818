// 200 leaf devices in one process, over plain sockets with prebuilt packets so that they cost as little as they can: each publishes with QoS 1
// and sends the next message when the one before is acknowledged, so many of them at a time.
import { once } from 'node:events';
import { connect } from 'node:net';
import mqtt from 'mqtt-packet';

const { port, leaves, window, payloadBytes, seconds, prefix, username, password } = JSON.parse(process.argv[2]);
const payload = Buffer.from(
  JSON.stringify({ t: 21.5 })
    .padEnd(payloadBytes - 1)
    .concat(' '),
);
let acknowledged = 0;
let isSending = true;

async function open(index) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const login = username === undefined ? {} : { username, password: Buffer.from(password) };
  socket.write(
    mqtt.generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      clientId: `leaf-${index}`,
      keepalive: 60,
      ...login,
    }),
  );
  await new Promise((resolve, reject) => {
    const parser = mqtt.parser();
    parser.on('packet', (packet) =>
      packet.returnCode === 0 ? resolve() : reject(new Error(`refused with ${packet.returnCode}`)),
    );
    socket.once('data', (bytes) => parser.parse(bytes));
    socket.once('close', () => reject(new Error('closed')));
  });
  const packets = Array.from({ length: window }, (_, id) =>
    mqtt.generate({ cmd: 'publish', topic: `${prefix}/${index}`, payload, qos: 1, messageId: id + 1 }),
  );
  // A PUBACK is 40 02 and the id.
  let rest = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    const whole = rest.length - (rest.length % 4);
    const next = [];
    for (let at = 0; at < whole; at += 4) {
      if (rest[at] !== 0x40) throw new Error(`not a PUBACK: ${rest.subarray(at, at + 4).toString('hex')}`);
      acknowledged++;
      if (isSending) next.push(packets[rest.readUInt16BE(at + 2) - 1]);
    }
    rest = rest.subarray(whole);
    if (next.length > 0) socket.write(Buffer.concat(next));
  });
  return { socket, begin: () => socket.write(Buffer.concat(packets)) };
}

const sockets = [];
for (let index = 0; index < leaves; index++) sockets.push(await open(index));
process.send({ kind: 'ready' });
await once(process, 'message');
for (const { begin } of sockets) begin();
await new Promise((resolve) => setTimeout(resolve, 1_000));
const [from, began] = [acknowledged, performance.now()];
process.send({ kind: 'measuring' });
await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
process.send({ kind: 'measured', perSecond: ((acknowledged - from) * 1_000) / (performance.now() - began) });
isSending = false;
await once(process, 'message');
process.exit(0);
