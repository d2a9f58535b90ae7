import { expect, test } from "vitest";
import type { Progress } from "../model/progress.ts";
import { makeIo } from "./fake-io.suite.ts";
import { ProgressLine } from "./progress.ts";

/** A line on a screen with a clock that the test moves. */
function makeScreen({ shown = true, columns = 80 } = {}): {
  readonly line: ProgressLine;
  readonly written: string[];
  at(ms: number): Progress;
  interrupt(): void;
} {
  let now = 0;
  let interrupt = (): void => expect.fail("nobody listens");
  const written: string[] = [];
  const io = makeIo({
    columns,
    ticks: () => now,
    err: (text) => written.push(text),
    onInterrupt(listener) {
      interrupt = listener;
    },
  });
  const line = new ProgressLine(io, { shown });
  const at = (ms: number): Progress => {
    now = ms;
    return line;
  };
  return { line, written, at, interrupt: () => interrupt() };
}

test("short work shows nothing", () => {
  const { at, line, written } = makeScreen();

  at(0).report({ phase: "scanning", done: 1 });
  at(499).report({ phase: "scanning", done: 2 });
  line.clear();

  expect(written).toEqual([]);
});

test("long work shows a line, at most ten times a second, and takes it away", () => {
  const { at, line, written } = makeScreen();

  for (let ms = 0; ms <= 1000; ms += 10) at(ms).report({ phase: "scanning", done: ms });
  line.clear();
  line.clear();

  expect(written).toEqual([
    "\r\u001b[Kscanning  500",
    "\r\u001b[Kscanning  600",
    "\r\u001b[Kscanning  700",
    "\r\u001b[Kscanning  800",
    "\r\u001b[Kscanning  900",
    "\r\u001b[Kscanning  1,000",
    "\r\u001b[K",
  ]);
});

test("the rate is that of the phase, and the line fits the terminal", () => {
  const { at, written } = makeScreen({ columns: 43 });

  at(1000).report({ phase: "storing", done: 0, total: 4000, bytes: 0 });
  at(2000).report({ phase: "storing", done: 1000, total: 4000, bytes: 5_000_000 });

  expect(written.at(-1)).toBe("\r\u001b[Kstoring  1,000/4,000  25%  5.0 MB  5.0 MB/");
});

test("a step that takes long without a word is shown too", async () => {
  const { at, written } = makeScreen();

  at(10).report({ phase: "storing", done: 1, total: 2 });
  await at(600).breathe();

  expect(written).toEqual(["\r\u001b[Kstoring  1/2  50%"]);
});

test("nobody is shown what nobody wants to see", () => {
  const { at, written } = makeScreen({ shown: false });

  at(5000).report({ phase: "scanning", done: 1 });

  expect(written).toEqual([]);
});

test("work stops at the next breath after Ctrl-C", async () => {
  const { at, interrupt } = makeScreen();
  await at(0).breathe();
  await at(60).breathe();

  interrupt();

  await expect(at(61).breathe()).rejects.toMatchObject({
    code: "E_INTERRUPTED",
    message: "interrupted; nothing was changed",
  });
});

test("a signal that waits is heard while the work takes a breath", async () => {
  const { at, interrupt } = makeScreen();
  await at(0).breathe();
  setImmediate(interrupt);

  await expect(at(60).breathe()).rejects.toMatchObject({ code: "E_INTERRUPTED" });
});
