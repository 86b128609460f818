import { encodeMqttRequest } from '../../../../host/src/drivers/mqtt/request-codec.ts';
import { assert } from '../../../lib/suite.ts';
import { TOOLS } from '../../../lib/tools.ts';
import { until } from '../../../lib/until.ts';
import { Mosquitto } from '../../../peers/mosquitto.ts';
import type { LeafCase } from '../leaf-case.ts';

const message = (topic: string) =>
  encodeMqttRequest({ topic, payload: Buffer.from('{"on":true}'), qos: 1, retain: false, expiryMs: 60_000 }, 'plant');

export const mqtt: LeafCase = {
  title: 'publishes to mosquitto, and asks it for topics',
  needs: [TOOLS.mosquitto, TOOLS.mosquittoClients],
  async run(bench) {
    const broker = bench.with(await Mosquitto.open());
    const reader = await broker.read();
    const plant = {
      ...{ type: 'mqtt-broker', url: `mqtt://127.0.0.1:${broker.port}`, timeoutMs: 30_000 },
      topics: [{ filter: 'tele/#' }],
    };
    await bench.open({
      capability: 'mqtt',
      grants: [{ device: 'plant', publish: ['cmnd/+/power'] }],
      config: { devices: { plant } },
      asks: [{ request: message('cmnd/lamp/power') }, { request: message('other') }],
    });
    const [told, denied] = [await bench.answer(0), await bench.answer(1)];
    assert.deepEqual([told.status, denied.status], [0, -2]);
    await until('the message is read', () => reader.messages.length > 0);
    assert.deepEqual(reader.messages, [{ topic: 'cmnd/lamp/power', body: '{"on":true}' }]);
    await until('the topics are asked for', () => /tele\/# \(QoS 1\)/.test(broker.log));
  },
};
