import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { expect, test } from "vitest";
import { makeSandbox, type Sandbox } from "../sandbox.ts";
import { V1Repository } from "../v1-repository.ts";

interface Upgraded {
  readonly damaged: readonly { what: string; why: string; outcome: string }[];
  readonly notes: readonly string[];
}

/** Six snapshots in a row, without tags. */
function makeRow(box: Sandbox): { old: V1Repository; ids: string[] } {
  const old = new V1Repository(box.path("p"));
  const ids = ["1", "2", "3", "4", "5", "6"].map((text) => {
    old.write({ a: text });
    return old.snapshot("main", { note: text });
  });
  return { old, ids };
}

test("what is named .jvs-v1 and is no former control folder is never removed", async () => {
  await using box = makeSandbox({ "w/.jvs-v1/precious": "in no snapshot" });
  await box.ok("w", "init");
  const ran = await box.jvs("w", "upgrade", "--remove-old");
  expect(ran.exit).toBe(1);
  expect(ran.err).toContain("not the control folder that this repository was upgraded from");
  expect((await box.jvs("w", "upgrade")).out).not.toContain(".jvs-v1");
  // One of another repository is not ours either.
  rmSync(box.path("w/.jvs-v1"), { recursive: true });
  const { old } = makeRow(box);
  cpSync(old.at(""), box.path("w/.jvs-v1"), { recursive: true });
  expect((await box.jvs("w", "upgrade", "--remove-old")).exit).toBe(1);
  expect(existsSync(box.path("w/.jvs-v1/snapshots"))).toBe(true);
});

test("an upgrade that found damage does not remove the old control folder in the same go", async () => {
  await using box = makeSandbox();
  const { old, ids } = makeRow(box);
  rmSync(old.at(`snapshots/${ids[0]}`), { recursive: true });
  const ran = await box.jvs("p/main", "upgrade", "--remove-old");
  expect(ran.exit).toBe(3);
  expect(ran.out).toContain("is kept as");
  expect(ran.err).toContain("is not removed, since damage was found");
  expect(existsSync(box.path("p/.jvs-v1/descriptors"))).toBe(true);
  expect((await box.jvs("p/main", "upgrade", "--remove-old")).exit).toBe(0);
  expect(existsSync(box.path("p/.jvs-v1"))).toBe(false);
});

type Harm = (old: V1Repository, ids: readonly string[]) => void;

const HARMS: readonly (readonly [what: string, lost: number, harm: Harm])[] = [
  ["content of one", 1, (old, ids) => rmSync(old.at(`snapshots/${ids[3]}`), { recursive: true })],
  ["record of one", 0, (old, ids) => writeFileSync(old.at(`descriptors/${ids[3]}.json`), "{")],
  [
    "all of one",
    1,
    (old, ids) => {
      rmSync(old.at(`snapshots/${ids[3]}`), { recursive: true });
      rmSync(old.at(`descriptors/${ids[3]}.json`));
    },
  ],
  ["record of main", 0, (old) => rmSync(old.at("worktrees/main"), { recursive: true })],
  ["head of main", 0, (old) => editMain(old, { head_snapshot_id: "../x", latest_snapshot_id: 7 })],
  ["head unsaid", 0, (old) => editMain(old, { head_snapshot_id: null, latest_snapshot_id: "" })],
  ["head unknown", 0, (old) => editMain(old, { head_snapshot_id: "1795215273951-8a6b0575" })],
  ["newest content", 1, (old, ids) => rmSync(old.at(`snapshots/${ids[5]}`), { recursive: true })],
];

function editMain(old: V1Repository, fields: Record<string, unknown>): void {
  const path = old.at("worktrees/main/config.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...fields }));
}

test.each(HARMS)("the history survives the loss of: %s", async (what, lost, harm) => {
  await using box = makeSandbox();
  const { old, ids } = makeRow(box);
  harm(old, ids);
  const ran = await box.jvs("p/main", "upgrade", "--json");
  // Of what has left no trace nobody can say whether the older jvs removed it on purpose.
  expect(ran.exit).toBe(what === "all of one" ? 0 : 3);
  const { damaged, notes } = JSON.parse(ran.out) as Upgraded;
  expect([...damaged, ...notes]).not.toEqual([]);
  expect((await box.jvs("p/main", "gc", "--now")).exit).toBe(0);
  expect(await box.json<unknown[]>("p/main", "history")).toHaveLength(6 - lost);
  expect((await box.jvs("p/main", "doctor", "--strict")).exit).toBe(0);
});

test("nothing is taken in through a link, and nothing waits for a fifo", async () => {
  await using box = makeSandbox({ "outside/secret": "not ours" });
  const { old, ids } = makeRow(box);
  rmSync(old.at(`snapshots/${ids[1]}`), { recursive: true });
  symlinkSync(box.path("outside"), old.at(`snapshots/${ids[1]}`));
  writeFileSync(box.path("record"), readFileSync(old.at(`descriptors/${ids[2]}.json`)));
  rmSync(old.at(`descriptors/${ids[2]}.json`));
  symlinkSync(box.path("record"), old.at(`descriptors/${ids[2]}.json`));
  rmSync(old.at(`descriptors/${ids[3]}.json`));
  Bun.spawnSync(["mkfifo", old.at(`descriptors/${ids[3]}.json`)]);
  const ran = await box.jvs("p/main", "upgrade", "--json");
  expect(ran.exit).toBe(3);
  const { damaged } = JSON.parse(ran.out) as Upgraded;
  expect(damaged.map(({ what, why }) => `${what}: ${why}`)).toEqual([
    `snapshot ${ids[1]}: its content is no folder, but a link or a file`,
    `snapshot ${ids[2]}: its record: it is a symbolic link, not a file`,
    `snapshot ${ids[3]}: its record: it is a fifo, not a file`,
  ]);
  expect((await box.jvs("p/main", "history", "--all")).out).not.toContain("secret");
});

test("a control folder with a part that is a link, or a version that is a fifo, is refused", async () => {
  await using box = makeSandbox();
  const { old } = makeRow(box);
  cpSync(old.at("snapshots"), box.path("elsewhere"), { recursive: true });
  rmSync(old.at("snapshots"), { recursive: true });
  symlinkSync(box.path("elsewhere"), old.at("snapshots"));
  const linked = await box.jvs("p/main", "upgrade");
  expect(linked.exit).toBe(1);
  expect(linked.err).toContain('snapshots" is a link');
  rmSync(old.at("format_version"));
  Bun.spawnSync(["mkfifo", old.at("format_version")]);
  const waiting = await box.jvs("p/main", "upgrade");
  expect(waiting.exit).toBe(1);
  expect(waiting.err).toContain("it is a fifo, not a file");
});

test("a worktree that is a link is named, and no command works through it", async () => {
  await using box = makeSandbox({ "outside/keep": "not ours" });
  const { old, ids } = makeRow(box);
  old.addWorktree("w1", ids[1]);
  rmSync(box.path("p/worktrees/w1"), { recursive: true });
  symlinkSync(box.path("outside"), box.path("p/worktrees/w1"));
  const ran = await box.jvs("p", "upgrade");
  expect(ran.exit).toBe(3);
  expect(ran.err).toContain('its folder "worktrees/w1" is a symbolic link');
  const PWD = box.path("p/worktrees/w1");
  for (const words of [["restore", "HEAD"], ["status"], ["snapshot", "x"]]) {
    const tried = await box.run("p/worktrees/w1", words, { env: { PWD } });
    expect(tried.exit, words[0]).not.toBe(0);
    expect(tried.err, words[0]).toContain("is a symbolic link");
  }
  expect((await box.jvs("p/main", "compare", "main", "w1")).err).toContain("is a symbolic link");
  expect((await box.jvs("p", "wt", "list")).out).toMatch(/w1 .*unreadable/);
  const doctor = await box.jvs("p", "doctor", "--repair");
  expect(doctor.exit).toBe(12);
  expect(doctor.out).toContain("worktree-folder-not-own");
  expect((await box.jvs("p", "gc", "--now")).exit).toBe(0);
  rmSync(box.path("p/worktrees/w1"));
  expect((await box.jvs("p", "wt", "remove", "w1")).exit).toBe(0);
  expect(readFileSync(box.path("outside/keep"), "utf8")).toBe("not ours");
});

test("broken settings are set aside, so that commands work", async () => {
  await using box = makeSandbox();
  const { old } = makeRow(box);
  writeFileSync(old.at("config.yaml"), "a: [b\n c: : :");
  const ran = await box.jvs("p/main", "upgrade");
  expect(ran.exit).toBe(3);
  expect(ran.err).toContain("config.yaml: line 1: ");
  expect(readFileSync(box.path("p/.jvs/config.yaml.broken"), "utf8")).toContain("c: : :");
  expect((await box.jvs("p/main", "status")).exit).toBe(0);
  expect((await box.jvs("p/main", "doctor", "--strict")).exit).toBe(0);
});

test("in a compressed snapshot a name that is only `.gz` is no compressed file", async () => {
  await using box = makeSandbox();
  const old = new V1Repository(box.path("p"));
  const names = [".gz", "..gz", "...gz", "d/.gz"];
  for (const name of names) old.write({ [name]: "mine" });
  old.snapshot("main", { note: "packed", compress: true });
  for (const name of names)
    writeFileSync(old.at(`snapshots/${idOf(old)}/${name}`), Bun.gzipSync("x"));
  const upgraded = await box.json<Upgraded>("p/main", "upgrade");
  expect(upgraded.notes.filter((note) => note.includes("is no compressed file"))).toHaveLength(4);
  const { entries } = await box.json<{ entries: { path: string }[] }>("p/main", "ls", "HEAD", "-R");
  expect(entries.map(({ path }) => path).sort()).toEqual([...names, "d"].sort());
});

function idOf(old: V1Repository): string {
  return readdirSync(old.at("snapshots"))[0] as string;
}

test("a lost record is not said to be a compressed snapshot", async () => {
  await using box = makeSandbox();
  const { old, ids } = makeRow(box);
  writeFileSync(old.at(`descriptors/${ids[2]}.json`), "");
  const ran = await box.jvs("p/main", "upgrade");
  expect(ran.err).not.toContain("compressed");
});

test("a folder of another's that has the name of the unfinished control folder is left alone", async () => {
  await using box = makeSandbox();
  makeRow(box);
  box.write({ "p/.jvs.upgrade/mine": "precious" });
  const ran = await box.jvs("p/main", "upgrade");
  expect(ran.exit).toBe(1);
  expect(readFileSync(box.path("p/.jvs.upgrade/mine"), "utf8")).toBe("precious");
});

test("tags that nobody could give here can be taken off", async () => {
  await using box = makeSandbox();
  const old = new V1Repository(box.path("p"));
  old.write({ a: "1" });
  const id = old.snapshot("main", { tags: ["a b", "x,y", "fine"] });
  await box.jvs("p", "upgrade");
  expect((await box.jvs("p/main", "tag", "remove", id, "a b", "x,y")).exit).toBe(0);
  expect(await box.json("p/main", "show", id)).toMatchObject({ tags: ["fine"] });
  expect((await box.jvs("p/main", "tag", "add", id, "a b")).exit).toBe(2);
});

test("what an upgrade left that was cut short is named by doctor", async () => {
  await using box = makeSandbox();
  const { old } = makeRow(box);
  cpSync(old.at(""), box.path("v1"), { recursive: true });
  await box.jvs("p", "upgrade");
  const found = async (): Promise<string> => (await box.jvs("p", "doctor")).out;
  expect(await found()).not.toContain("upgrade-left");
  cpSync(box.path("v1"), box.path("p/.jvs.upgrade"), { recursive: true });
  expect(await found()).toContain("jvs upgrade gives it its last name");
  rmSync(box.path("p/.jvs.upgrade"), { recursive: true });
  mkdirSync(box.path("p/.jvs.upgrade/drafts"), { recursive: true });
  expect(await found()).toContain("look into it, then remove it");
  writeFileSync(box.path("p/.jvs.upgrade/mine"), "not of an upgrade");
  expect(await found()).not.toContain("upgrade-left");
});
