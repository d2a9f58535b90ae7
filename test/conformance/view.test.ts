import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { listIds, makeHistory, type Plan, setRepoJson } from "../gc-history.ts";
import { findLeftovers } from "../repository.ts";
import { IS_ROOT, makeSandbox } from "../sandbox.ts";
import { done, MAIN } from "./open-desk.ts";
import { openGallery } from "./open-gallery.ts";

interface View {
  readonly snapshot_id: string;
  readonly path: string;
  readonly kind: "payload" | "copy";
}

/** Paths in a folder that anybody may write to. */
function writable(folder: string): string[] {
  const all = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return ["", ...all].filter((name) => {
    const stat = lstatSync(`${folder}/${name}`);
    return (stat.isFile() || stat.isDirectory()) && (stat.mode & 0o222) !== 0;
  });
}

test("view: a folder that holds the snapshot, which nobody can write to, and which is used again", async () => {
  await using desk = await openGallery();
  desk.write({ "a.txt": "edited since" });
  const { out, exit, err } = await desk.box.jvs(MAIN, "view", "HEAD");
  expect({ exit, err }).toEqual({ exit: 0, err: "" });
  const path = out.trimEnd();
  expect(path).toMatch(/\/novel\/\.jvs\/views\/\d{13}-[0-9a-f]{8}$/);
  expect(readFileSync(`${path}/a.txt`, "utf8")).toBe("hello\n");
  expect(readdirSync(path).sort()).toEqual(["a.txt", "café 1.txt", "link", "pipe", "sub"]);
  expect(writable(path)).toEqual([]);
  expect(lstatSync(`${path}/a.txt`).mode & 0o7777).toBe(0o4555);
  const { ino } = lstatSync(path);
  expect((await desk.box.jvs(MAIN, "view", "v1")).out).toBe(out);
  expect(lstatSync(path).ino).toBe(ino);
  expect(await desk.box.json<View[]>(MAIN, "view", "--list")).toEqual([
    { snapshot_id: path.slice(-22), path, kind: "copy" },
  ]);
  expect((await desk.jvs("doctor")).exit).toBe(0);
  expect(await desk.jvs("view", "HEAD", "--close")).toEqual(done("Closed 1 view"));
  expect(readdirSync(dirname(path))).toEqual([]);
  expect(findLeftovers(desk.box.path("novel"))).toEqual([]);
});

test("view: its answers, and words that make no sense", async () => {
  await using desk = await openGallery();
  const view = await desk.box.json<View>(MAIN, "view", "HEAD");
  expect(Object.keys(view)).toEqual(["snapshot_id", "path", "kind"]);
  expect((await desk.at("", "view", "HEAD")).exit).toBe(10);
  expect((await desk.at("novel", "view", "v1")).out).toContain("/.jvs/views/");
  expect(await desk.box.json(MAIN, "view", "--close")).toEqual({
    closed: [view.snapshot_id],
  });
  expect(await desk.jvs("view", "--close", "HEAD")).toMatchObject({ exit: 1, out: "" });
  expect(await desk.jvs("view", "--close")).toEqual(done("Closed 0 views"));
  expect(await desk.jvs("view")).toMatchObject({ exit: 2 });
  expect(await desk.jvs("view", "--close", "--list")).toMatchObject({ exit: 2 });
  expect(await desk.jvs("view", "no-such")).toMatchObject({ exit: 1, out: "" });
});

test("view: gc keeps what is looked into, until it is closed", async () => {
  await using box = makeSandbox();
  const [first = "", ...others] = await makeHistory(box, 3);
  setRepoJson(box, { retention: { manual: { keep_last: 1 } } });
  await box.ok("w", "view", first);
  const plan = await box.json<Plan>("w", "gc", "plan");
  expect(plan.protected_set).toContain(first);
  expect(plan.reasons).toContainEqual(
    expect.objectContaining({
      snapshot: first,
      keep: true,
      reason: "its folder is in use (jvs view)",
    }),
  );
  await box.ok("w", "view", "--close");
  await box.ok("w", "gc", "--now");
  expect(listIds(box)).not.toContain(first);
  expect(listIds(box)).toContain(others.at(-1));
});

test("view: a snapshot that is kept as a folder is that folder", async () => {
  await using box = makeSandbox({ "w/a": "one\n", "w/sub/b": "two\n" });
  await box.ok("w", "init");
  await box.ok("w", "config", "set", "default_engine", "copy");
  const { snapshot_id: id } = await box.json<View>("w", "snapshot", "one");
  const view = await box.json<View>("w", "view", "HEAD");
  expect(view).toEqual({
    snapshot_id: id,
    path: box.path(`w/.jvs/snapshots/${id}`),
    kind: "payload",
  });
  expect(writable(view.path)).toEqual([]);
  expect((await box.jvs("w", "doctor")).exit).toBe(0);
  await box.ok("w", "view", "--close", id);
  expect(existsSync(view.path)).toBe(true);
});

test.each(["view-written", "view-ready", "view-placed"])(
  "view, killed at %s",
  async (failPoint) => {
    await using desk = await openGallery();
    const { signal } = await desk.box.run(MAIN, ["view", "HEAD"], { failPoint });
    expect(signal).toBe("SIGKILL");
    await desk.box.ok(MAIN, "view", "HEAD");
    expect(findLeftovers(desk.box.path("novel"))).toEqual([]);
    const { path } = await desk.box.json<View>(MAIN, "view", "HEAD");
    expect(writable(path)).toEqual([]);
    expect(
      (await desk.box.run(MAIN, ["view", "--close"], { failPoint: "view-closing" })).signal,
    ).toBe("SIGKILL");
    await desk.box.ok(MAIN, "snapshot", "next");
    expect(findLeftovers(desk.box.path("novel"))).toEqual([]);
  },
);

test.skipIf(!IS_ROOT)("view: for those who are not root, too, whatever the modes", async () => {
  await using box = makeSandbox({ "w/closed/in": "x\n", "w/dark/in": "y\n" });
  Bun.spawnSync(["chmod", "0300", box.path("w/dark")]);
  Bun.spawnSync(["chmod", "0555", box.path("w/closed")]);
  box.giveAway("w");
  Bun.spawnSync(["chmod", "0755", box.root]);
  const run = (...argv: string[]) => box.run("w", argv, { asNobody: true });
  await run("init");
  expect((await run("snapshot", "one")).signal).toBe(null);
  const { out, exit } = await run("view", "HEAD");
  expect(exit).toBe(0);
  expect(readFileSync(`${out.trimEnd()}/closed/in`, "utf8")).toBe("x\n");
  expect(writable(out.trimEnd())).toEqual([]);
  expect((await run("view", "--close")).exit).toBe(0);
});

test("view: a link in the place of its folder leads nowhere", async () => {
  await using box = makeSandbox({ "w/a": "one\n", "elsewhere/keep": "" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "one");
  Bun.spawnSync(["ln", "-s", box.path("elsewhere"), box.path("w/.jvs/views")]);
  expect((await box.jvs("w", "view", "HEAD")).err).toContain("it is no folder");
  expect(readdirSync(box.path("elsewhere"))).toEqual(["keep"]);
});
