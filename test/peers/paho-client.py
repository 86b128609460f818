"""A client of Debian's python3-paho-mqtt that does what it is told by lines of JSON, and says by lines what happens to it."""
import json
import sys

import paho.mqtt.client as mqtt


def say(**what):
    print(json.dumps(what), flush=True)


options = json.loads(sys.argv[1])
client = mqtt.Client(client_id=options.get("clientId", ""), clean_session=True)
if "username" in options:
    client.username_pw_set(options["username"], options.get("password"))
if "ca" in options:
    client.tls_set(ca_certs=options["ca"])
if "will" in options:
    client.will_set(options["will"], "gone", qos=1)
client.on_connect = lambda _client, _userdata, _flags, code: say(event="connect", code=code)
client.on_disconnect = lambda _client, _userdata, code: say(event="disconnect", code=code)
client.on_publish = lambda _client, _userdata, mid: say(event="acked", mid=mid)
client.on_subscribe = lambda _client, _userdata, mid, granted: say(event="subscribed", granted=list(granted))
client.on_message = lambda _client, _userdata, message: say(
    event="message", topic=message.topic, text=message.payload.decode(), retain=bool(message.retain))
client.reconnect_delay_set(min_delay=30, max_delay=30)
client.connect(options["host"], options["port"], keepalive=options.get("keepAlive", 60))
client.loop_start()
for line in sys.stdin:
    order = json.loads(line)
    if order["do"] == "publish":
        client.publish(order["topic"], order["text"], qos=order.get("qos", 1), retain=order.get("retain", False))
    elif order["do"] == "subscribe":
        client.subscribe(order["topic"], qos=1)
    elif order["do"] == "end":
        client.disconnect()
