// Frames on the pipe between the runner and an environment: two lengths of 4 bytes each, a head as JSON, a body.
// Plain JavaScript, because the environment's end is what a new process loads first and a cold start waits for it.
const LENGTHS = 8;

/** Writes a frame; `written` is called when it is out. */
export function writeFrame(stream, head, body = '', written = undefined) {
  const text = JSON.stringify(head);
  const [headBytes, bodyBytes] = [Buffer.byteLength(text), Buffer.byteLength(body)];
  const frame = Buffer.allocUnsafe(LENGTHS + headBytes + bodyBytes);
  frame.writeUInt32BE(headBytes, 0);
  frame.writeUInt32BE(bodyBytes, 4);
  frame.write(text, LENGTHS);
  frame.write(body, LENGTHS + headBytes);
  stream.write(frame, written);
}

/** Calls `take` with head and body of each frame that comes. */
export function readFrames(stream, take) {
  let parts = [];
  let bytes = 0;
  let wanted = LENGTHS;
  stream.on('data', (part) => {
    parts.push(part);
    bytes += part.length;
    while (bytes >= wanted) {
      const all = parts.length === 1 ? parts[0] : Buffer.concat(parts);
      const headEnd = LENGTHS + all.readUInt32BE(0);
      const end = headEnd + all.readUInt32BE(4);
      if (bytes < end) {
        parts = [all];
        wanted = end;
        return;
      }
      const rest = all.subarray(end);
      parts = rest.length === 0 ? [] : [rest];
      bytes = rest.length;
      wanted = LENGTHS;
      take(JSON.parse(all.toString('utf8', LENGTHS, headEnd)), all.toString('utf8', headEnd, end));
    }
  });
}
