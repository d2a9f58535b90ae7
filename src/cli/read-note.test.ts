import { expect, test } from "vitest";
import { makeIo } from "./fake-io.suite.ts";
import { readNote } from "./read-note.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const io = makeIo({
  readStdin: () => encode("\r\n first \r\nsecond\n\n"),
  readFile: (path) => encode(`from ${path}\n`),
});

test.each([
  ["the word", { word: "hello ", file: undefined }, "hello "],
  ["nothing", { word: undefined, file: undefined }, ""],
  ["stdin, trimmed", { word: "-", file: undefined }, "first \nsecond"],
  ["a file as it is, which wins", { word: "-", file: "note.txt" }, "from note.txt\n"],
  ["stdin as a file, as it is", { word: "x", file: "-" }, "\r\n first \r\nsecond\n\n"],
  ["a word that is no UTF-8", { word: "caf\udce9", file: undefined }, "caf\ufffd"],
])("the note is %s", (_what, source, note) => {
  expect(readNote(io, source)).toBe(note);
});
