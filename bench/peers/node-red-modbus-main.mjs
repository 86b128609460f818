// Node-RED with node-red-contrib-modbus: a read node for each register, at an interval, all on one client with the settings that the editor
// gives it. For the bench `modbus-plan`.
import { startRuntime } from './node-red-runtime.mjs';
import { answerRuns } from './peer-main.mjs';

answerRuns(async ({ port, addresses, intervalMs }) => {
  await startRuntime([{ id: 'flow', type: 'tab', label: 'registers', disabled: false }, clientOf(port), ...readsOf()]);
  return async (ms) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return 0;
  };

  function readsOf() {
    return addresses.map((adr, index) => ({
      ...{ id: `read-${index}`, type: 'modbus-read', z: 'flow', name: '', topic: '', server: 'client', unitid: '1' },
      ...{ dataType: 'HoldingRegister', adr: String(adr), quantity: '1', rate: String(intervalMs), rateUnit: 'ms' },
      ...{
        delayOnStart: false,
        startDelayTime: '',
        showStatusActivities: false,
        showErrors: false,
        showWarnings: false,
      },
      ...{ useIOFile: false, ioFile: '', useIOForPayload: false, emptyMsgOnFail: false, wires: [[], []] },
    }));
  }
});

function clientOf(port) {
  return {
    ...{ id: 'client', type: 'modbus-client', name: '', clienttype: 'tcp', bufferCommands: true, tcpType: 'DEFAULT' },
    ...{ stateLogEnabled: false, queueLogEnabled: false, failureLogEnabled: true, tcpHost: '127.0.0.1', tcpPort: port },
    ...{ unit_id: '1', commandDelay: '1', clientTimeout: '1000', reconnectOnTimeout: true, reconnectTimeout: '2000' },
    ...{ parallelUnitIdsAllowed: true, showErrors: false, showWarnings: true, showLogs: true },
  };
}
