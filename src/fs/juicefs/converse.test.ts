import { expect, test } from "vitest";
import type { RawPath } from "../../model/raw-path.ts";
import { converse, LostReply } from "./converse.ts";
import { type FakeAnswers, makeFakeMount } from "./fake-mount.suite.ts";

const REQUEST = Uint8Array.of(1, 2, 3);
const PROGRESS = "fe 0000000000000002 0000000000000005";

async function talk(answers: FakeAnswers, signal?: AbortSignal) {
  const fake = makeFakeMount(answers);
  const steps: string[] = [];
  const onProgress = (count: number, total: number) => void steps.push(`${count}/${total}`);
  const port = fake.openPort(0, ".control" as RawPath);
  const reply = converse(port, REQUEST, { onProgress, signal, pause: fake.pause });
  return { fake, steps, reply: await reply.catch((error: unknown) => error) };
}

test("waits longer and longer while nothing comes: a fifth of what it has waited, up to 50 ms", async () => {
  const nothing = Array<string>(30).fill("");
  const { fake, reply } = await talk({ answer: () => [...nothing, "00"] });

  expect(reply).toEqual({ kind: "status", errno: 0 });
  expect(fake.pauses.slice(0, 3)).toEqual([1, 1.2, 1.44]);
  expect(fake.pauses.at(-1)).toBe(50);
  expect([fake.requests, fake.closed]).toEqual([["010203"], 1]);
});

test("tells how far it is", async () => {
  const { steps, reply } = await talk({
    answer: () => [PROGRESS.slice(0, 11), PROGRESS.slice(11), `${PROGRESS} 00`],
  });

  expect(steps).toEqual(["2/5", "2/5"]);
  expect(reply).toEqual({ kind: "status", errno: 0 });
});

test("data is the last word", async () => {
  const { reply } = await talk({ answer: () => [PROGRESS, "ff 00000002 7b", "7d"] });

  expect(reply).toEqual({ kind: "data", bytes: Uint8Array.from([0x7b, 0x7d]) });
});

test("a read that a signal cut short is made again", async () => {
  const { reply } = await talk({ answer: () => ["EINTR", PROGRESS, "EAGAIN", "00"] });

  expect(reply).toEqual({ kind: "status", errno: 0 });
});

test("a write that a signal cut short is a request that was never made", async () => {
  const { fake, reply } = await talk({ answer: () => ["00"], writeError: () => "EINTR" });

  expect(reply).toEqual({ kind: "status", errno: 4 });
  expect(fake.closed).toBe(1);
});

test.each(["EBADF", "ENOTCONN", "EIO"])("%s in the middle: nobody knows", async (why) => {
  const { fake, reply } = await talk({ answer: () => [PROGRESS, why] });

  expect(reply).toBeInstanceOf(LostReply);
  expect(String(reply)).toContain(why);
  expect(fake.closed).toBe(1);
});

test("a mount that dies while it takes the request: nobody knows", async () => {
  const { reply } = await talk({ answer: () => [], writeError: () => "ECONNABORTED" });

  expect(reply).toBeInstanceOf(LostReply);
});

test("after a signal, what is soon done is done", async () => {
  const { fake, reply } = await talk({ answer: () => ["", "", "00"] }, AbortSignal.abort());

  expect(reply).toEqual({ kind: "status", errno: 0 });
  expect([fake.cancelled, fake.closed]).toEqual([0, 1]);
});

test("after a signal and a while the mount is made to give up, once, and has the last word", async () => {
  const onCancel = () => ["", "", "", "04"];
  const { fake, reply } = await talk({ answer: () => [], onCancel }, AbortSignal.abort());

  expect(reply).toEqual({ kind: "status", errno: 4 });
  expect([fake.cancelled, fake.closed]).toEqual([1, 1]);
  expect(fake.pauses.reduce((sum, one) => sum + one, 0)).toBeGreaterThanOrEqual(3000);
});

test("a mount that does not answer after the signal is not waited for", async () => {
  const signal = AbortSignal.abort();
  const { fake, reply } = await talk({ answer: () => [], onCancel: () => [] }, signal);

  expect(reply).toBeInstanceOf(LostReply);
  expect(fake.pauses.reduce((sum, one) => sum + one, 0)).toBeGreaterThanOrEqual(13_000);
});

test("the node is closed when the listener fails", async () => {
  const fake = makeFakeMount({ answer: () => [PROGRESS] });
  const onProgress = () => {
    throw new RangeError("listener");
  };
  const port = fake.openPort(0, ".control" as RawPath);

  await expect(converse(port, REQUEST, { onProgress, pause: fake.pause })).rejects.toThrow(
    "listener",
  );
  expect(fake.closed).toBe(1);
});
