// When to collect garbage. The runtime is `minimal`: it collects only when it is told to, and only between events, where no
// reference is on the stack. Collecting costs time for every living object, so it waits until as much was allocated as lives.
//
// The runtime does not count allocations, but links every managed object into a list in the order of allocation, behind a
// header in front of the object. A marker that is allocated at the end of an event tells what came behind it:
//
// ╒════════╤══════════════╤══════╤═════════╤════════╕
// │ block  │ next | color │ prev │ type id │ length │ object ...
// └────────┴──────────────┴──────┴─────────┴────────┘
//  -20      -16            -12    -8        -4

const HEADER: usize = 20;

/** Collecting more often than after this many bytes frees too little to be worth it. */
const THRESHOLD_MIN: usize = 8192;

/** Header of the last marker; 0 before the first event. */
let marker: usize = 0;
/** The list's own header, which stands behind its last object. */
let listEnd: usize = 0;
let allocated: usize = 0;
let threshold: usize = 0;

/** Collects at the end of an event, if enough was allocated since the last time. */
export function collectWhenDue(): void {
  if (marker != 0) {
    let object = following(marker);
    if (object == listEnd) return;
    for (; object != listEnd; object = following(object)) allocated += bytesOf(object);
  }
  if (marker == 0 || allocated > threshold) {
    __collect();
    placeMarker();
    allocated = 0;
    threshold = 0;
    for (let object = following(listEnd); object != listEnd; object = following(object)) threshold += bytesOf(object);
    threshold = max(threshold, THRESHOLD_MIN);
  } else {
    placeMarker();
  }
}

/** The marker is an object of its own because others may be moved when they grow. */
function placeMarker(): void {
  marker = __new(0, idof<ArrayBuffer>()) - HEADER;
  listEnd = following(marker);
}

function following(header: usize): usize {
  return load<usize>(header, 4) & ~3;
}

function bytesOf(header: usize): usize {
  return HEADER + load<u32>(header, 16);
}
