import { STATUS } from '../../abi/constants.ts';
import { packOrigin, TO_HOST } from '../../bridge/frames.ts';
import { DRIVERS, type DriverName } from '../../drivers/driver-names.ts';
import type { RequestGuard } from '../../drivers/request-guard.ts';
import { type ImportContext, type ImportNamespace, memoryOf } from './context.ts';

/** `<driver>.request` [ABI-7]: the grant is checked here, before the request can leave the cell. */
export function deviceImports(context: ImportContext, driver: DriverName, guard: RequestGuard): ImportNamespace {
  const { slot, transaction } = context;
  const index = DRIVERS.indexOf(driver);
  return {
    request(pointer = 0, length = 0) {
      const memory = memoryOf(context);
      if (memory === undefined) return STATUS.unavailable;
      if (length >>> 0 > guard.requestBytes || !memory.contains(pointer >>> 0, length >>> 0)) {
        slot.counters.invalid++;
        return STATUS.invalid;
      }
      const payload = memory.view(pointer >>> 0, length >>> 0);
      const status = guard.judge(payload);
      if (status === STATUS.denied) slot.counters.denied++;
      if (status === STATUS.invalid) slot.counters.invalid++;
      if (status === STATUS.limit) slot.counters.requestLimit++;
      if (status !== STATUS.ok) return status;
      if (slot.pendingRequests >= slot.spec.limits.pendingRequests) {
        slot.counters.requestLimit++;
        return STATUS.limit;
      }
      const request = slot.nextRequest;
      const origin = packOrigin(index, context.time.monotonic);
      if (!transaction.toHost.write(TO_HOST.request, slot.index, slot.instances, request, origin, payload))
        return STATUS.full;
      slot.nextRequest = request === 0x7fff_ffff ? 1 : request + 1;
      slot.pendingRequests++;
      if (guard.isSubscription(payload)) transaction.subscribed(request, guard.streamBytes !== undefined);
      transaction.requests++;
      return request;
    },
  };
}
