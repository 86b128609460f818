// Runs a bench: bench/run.ts NAME [--only PART] [--json], or --list. See bench/README.md.
import { parseArgs } from 'node:util';
import { attacks } from './attacks/attacks.ts';
import { ble } from './ble/ble.ts';
import { controlLoop } from './control-loop.ts';
import { density } from './density/density.ts';
import { footprint } from './footprint.ts';
import { httpRequest } from './http-request/http-request.ts';
import { journal } from './journal/journal.ts';
import { json } from './json/json.ts';
import { leafMqtt } from './leaf-mqtt/leaf-mqtt.ts';
import { type Bench, describeMachine, type Figures } from './lib/bench.ts';
import { metering } from './metering/metering.ts';
import { modbus } from './modbus/modbus.ts';
import { modbusPlan } from './modbus/modbus-plan.ts';
import { peers } from './peers/peers.ts';
import { routeHop } from './route-hop.ts';
import { serviceNotify } from './service-notify/service-notify.ts';

const BENCHES: readonly Bench[] = [
  routeHop,
  controlLoop,
  footprint,
  json,
  metering,
  density,
  peers,
  attacks,
  httpRequest,
  modbus,
  modbusPlan,
  ble,
  leafMqtt,
  serviceNotify,
  journal,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean' },
    only: { type: 'string' },
    list: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
});
const bench = BENCHES.find(({ name }) => name === positionals[0]);

if (values.list || values.help || positionals.length === 0) {
  console.log('npm run --silent bench -- NAME [--only PART] [--json]\n');
  for (const { name, question } of BENCHES) console.log(`  ${name.padEnd(14)} ${question}`);
} else if (bench === undefined || positionals.length > 1) {
  console.error(`unknown bench "${positionals.join(' ')}"; npm run --silent bench -- --list names them`);
  process.exitCode = 2;
} else {
  const found = await bench.run(values.only === undefined ? {} : { only: values.only });
  const machine = describeMachine();
  if (values.json) {
    console.log(
      JSON.stringify({ bench: bench.name, node: process.version, machine, ...found.figures, targets: found.targets }),
    );
  } else {
    console.log(`${bench.name}: ${bench.question}\nNode ${process.version}, ${machine}\n`);
    printTable(found);
  }
}

function printTable({ figures, targets }: Figures): void {
  const rows = Object.entries(figures).map(([name, value]) => {
    const target = targets.find((candidate) => candidate.name === name);
    const verdict = target === undefined ? '' : `${target.target}  ${target.met ? 'met' : 'MISSED'}`;
    return [
      name,
      typeof value === 'number' ? value.toLocaleString('en-US', { maximumFractionDigits: 3 }) : value,
      verdict,
    ];
  });
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  for (const [name = '', value = '', verdict] of rows)
    console.log(`  ${name.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)}  ${verdict}`);
}
