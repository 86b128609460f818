/** Cuts the bytes that come in into frames. It holds one frame of the largest size at most. */
export interface Framer {
  /** Takes bytes, which may change afterwards. */
  push(bytes: Uint8Array): void;
  /** Forgets what has not become a frame. */
  reset(): void;
}

export interface FramerEvents {
  /** A frame, which does not change any more. */
  frame(bytes: Uint8Array): void;
  /** What came is no frame and was thrown away. */
  noise(): void;
}
