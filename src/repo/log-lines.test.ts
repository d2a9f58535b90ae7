import { appendFileSync, closeSync, openSync, truncateSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type LogLine, linesBackwards } from "./log-lines.ts";
import { makeScratchFolder } from "./scratch-repo.suite.ts";

function readLines(path: string): LogLine[] {
  const fd = openSync(path, "r");
  try {
    return [...linesBackwards(fd)];
  } finally {
    closeSync(fd);
  }
}

/** What the file holds, in the words of {@link linesBackwards}, by reading it forwards. */
function expectedLines(text: string): object[] {
  const pieces = text.split("\n");
  let start = 0;
  const lines = pieces.map((piece, at) => {
    const line = { text: piece, start, complete: at < pieces.length - 1 };
    start += piece.length + 1;
    return line;
  });
  return lines.filter(({ text, complete }) => complete || text !== "").reverse();
}

function expectRead(path: string, text: string): void {
  writeFileSync(path, text);
  const lines = readLines(path).map(({ bytes, ...rest }) => ({ text: bytes.toString(), ...rest }));
  expect(lines).toEqual(expectedLines(text));
}

test.each(["", "\n", "a", "a\n", "\n\na", "a\n\nb\n"])("reads %j", (text) => {
  using folder = makeScratchFolder();

  expectRead(`${folder.path}/log`, text);
});

test("reads lines that begin and end anywhere around the edges of blocks", () => {
  using folder = makeScratchFolder();
  const block = 8 * 1024;

  for (const edge of [block, 3 * block, 7 * block]) {
    for (let length = edge - 4; length < edge + 4; length++) {
      const long = "x".repeat(length);
      for (const text of [long, `${long}\n`, `a\n${long}\n`, `a\n\n${long}\nb\n`, `${long}\nb`])
        expectRead(`${folder.path}/log`, text);
    }
  }
});

test("reads no more than it is asked for", () => {
  using folder = makeScratchFolder();
  const path = `${folder.path}/log`;
  writeFileSync(path, "");
  truncateSync(path, 2 ** 40);
  appendFileSync(path, "\nlast\n");
  const fd = openSync(path, "r");

  const { value } = linesBackwards(fd).next();

  expect(value?.bytes.toString()).toBe("last");
  closeSync(fd);
});
