// Received bytes as a DataView, for reading several of them at once.

let lastBytes: Buffer | undefined;
let lastView: DataView | undefined;

/** Nearly always the one read buffer of the thread. */
export function viewOf(bytes: Buffer): DataView {
  if (bytes === lastBytes && lastView !== undefined) return lastView;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  // Held bytes come and go: only a large buffer is one that is read into again and again.
  if (bytes.length >= 65_536) {
    lastBytes = bytes;
    lastView = view;
  }
  return view;
}
