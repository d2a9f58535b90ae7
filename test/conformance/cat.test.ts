import { expect, test } from "vitest";
import { done, MAIN } from "./open-desk.ts";
import { openGallery } from "./open-gallery.ts";

test("cat: the bytes as they are", async () => {
  await using desk = await openGallery();
  expect((await desk.box.jvs(MAIN, "cat", "HEAD", "sub/b.bin")).bytes).toEqual(
    Buffer.from("\0\xff"),
  );
  expect(await desk.jvs("cat", "v1", "a.txt")).toEqual(done("hello"));
  expect((await desk.jvs("cat", "v1", "sub/deep/c")).out).toBe("");
  expect(JSON.parse((await desk.jvs("cat", "v1", "a.txt", "--json")).out)).toEqual({
    snapshot_id: "<id1>",
    path: "a.txt",
    size: 6,
    encoding: "utf8",
    content: "hello\n",
  });
  for (const [path, message] of [
    ["sub", "it is a directory"],
    ["pipe", "it is a fifo"],
    ["nope", "nope"],
  ] as const) {
    const { exit, out, err } = await desk.jvs("cat", "HEAD", path);
    expect({ out, err }, path).toEqual({ out: "", err: expect.stringContaining(message) });
    expect([1, 2]).toContain(exit);
  }
  expect(await desk.jvs("cat", "HEAD")).toMatchObject({
    exit: 2,
    err: "accepts 2 arg(s), received 1\n",
  });
});
