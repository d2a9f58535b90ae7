import { expect, test } from "vitest";
import { done, MAIN } from "./open-desk.ts";
import { openGallery } from "./open-gallery.ts";

const LISTED = "2023-11-14 22:13";

test("ls: mode, size, time, name", async () => {
  await using desk = await openGallery();
  const steadied = desk.steady(LISTED);
  expect(await desk.jvs("ls", "HEAD")).toEqual(
    done(
      `-rwsr-xr-x  6  ${steadied}  a.txt`,
      `-rw-r--r--  1  ${steadied}  caf\u00e9 1.txt`,
      "lrwxrwxrwx  5  -                 link -> a.txt",
      `prw-------  0  ${steadied}  pipe`,
      "drwxr-xr-x  3  -                 sub/",
    ),
  );
  expect((await desk.jvs("ls", "v1", "sub")).out).toMatch(/sub\/b\.bin\n.*sub\/deep\/\n$/);
  expect((await desk.jvs("ls", "v1", "-R", "sub")).out).toContain("sub/deep/c");
  expect((await desk.jvs("ls", "v1", "a.txt")).out).toMatch(/ a\.txt\n$/);
  expect((await desk.at(`${MAIN}/sub`, "ls", "HEAD", "deep")).out).toContain("deep/c");
  expect(await desk.jvs("ls", "HEAD", "nope")).toMatchObject({
    exit: 1,
    out: "",
    err: expect.stringContaining("nope"),
  });
});

test("ls --json", async () => {
  await using desk = await openGallery();
  const { out } = await desk.box.jvs(MAIN, "ls", "HEAD", "--json");
  const { entries } = JSON.parse(out) as { entries: Record<string, unknown>[] };
  expect(Object.keys(entries[0] ?? {})).toEqual(["path", "kind", "mode", "size", "mtime", "hash"]);
  expect(entries).toMatchObject([
    { path: "a.txt", kind: "file", mode: "4755", size: 6, mtime: "2023-11-14T22:13:20.123456789Z" },
    { path: "caf\u00e9 1.txt" },
    { path: "link", kind: "symlink", target: "a.txt", mtime: null },
    { path: "pipe", kind: "fifo", size: 0 },
    { path: "sub", kind: "directory", mtime: null },
  ]);
});
