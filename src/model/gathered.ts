/** So many characters are worth a system call. */
const MANY = 65_536;

/** The same text in pieces that are worth writing each; bytes among it stay as they are, in their place. */
export function* gathered<Bytes extends Uint8Array = never>(
  pieces: Iterable<string | Bytes>,
): Generator<string | Bytes> {
  let text = "";
  for (const piece of pieces) {
    if (typeof piece === "string") text += piece;
    if (text !== "" && (typeof piece !== "string" || text.length >= MANY)) {
      yield text;
      text = "";
    }
    if (typeof piece !== "string") yield piece;
  }
  if (text !== "") yield text;
}
