import { command } from './command.mjs';

// The tests of leaf devices with the host on the processor of most gateways, in an emulator. One that is absent fails the run.
process.env['GATEHOUSE_LEAF_DEVICES_ARM64'] = '1';
process.env['GATEHOUSE_REQUIRE_TOOLS'] = '1';
process.argv.splice(2, process.argv.length, 'test/system/leaf-devices/leaf-devices');
command({ file: 'test/lib/run.ts' });
