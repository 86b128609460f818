import { decodePacket, type HciPacket, INDICATOR } from './hci-packet.ts';

/** Largest packet that is waited for: a command with 255 bytes of parameters; ACL data are shorter. */
const PACKET_BYTES_MAX = 259;

/**
 * Cuts what a host sends into packets. Bytes that begin no packet are skipped until one does, as a controller behind a
 * noisy line would; never more than one packet is kept, whatever comes.
 */
export class PacketStream {
  /** Bytes that began no packet. */
  skippedBytes = 0;
  #rest = Buffer.alloc(0);

  /** Bytes that wait for the rest of their packet. */
  get pendingBytes(): number {
    return this.#rest.byteLength;
  }

  /** Takes what came and gives the packets that are whole; they are views of `chunk` or of a copy, never changed later. */
  *take(chunk: Buffer): Generator<HciPacket> {
    let bytes = this.#rest.byteLength === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = Buffer.alloc(0);
    while (bytes.byteLength > 0) {
      const start = decodePacket(bytes);
      if (start.kind === 'whole' && start.byteLength <= PACKET_BYTES_MAX && start.packet.kind !== 'event') {
        bytes = bytes.subarray(start.byteLength);
        yield start.packet;
      } else if (start.kind === 'partial' && isPossible(bytes)) {
        this.#rest = Buffer.from(bytes);
        return;
      } else {
        this.skippedBytes++;
        bytes = bytes.subarray(1);
      }
    }
  }

  /** Forgets a packet that has begun, when the host's end is gone. */
  clear(): void {
    this.#rest = Buffer.alloc(0);
  }
}

/** Whether a packet that a host may send, and not a longer one than there is room for, begins with these bytes. */
function isPossible(bytes: Buffer): boolean {
  if (bytes[0] === INDICATOR.command) return true;
  return bytes[0] === INDICATOR.acl && (bytes.byteLength < 5 || 5 + bytes.readUInt16LE(3) <= PACKET_BYTES_MAX);
}
