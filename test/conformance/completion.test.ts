import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

const BIN = join(import.meta.dirname, "../../bin");

function has(shell: string): boolean {
  return spawnSync(shell, ["-c", "exit 0"]).status === 0;
}

async function makeProject(): Promise<{ box: Sandbox; id: string }> {
  const box = makeSandbox();
  await box.jvs(".", "init", "p");
  box.write({ "p/main/notes.txt": "1" });
  const { snapshot_id } = await box.json<{ snapshot_id: string }>(
    "p/main",
    "snapshot",
    "first",
    "--tag",
    "v1.0,beta",
  );
  await box.jvs("p/main", "fork", "--name", "feature");
  return { box, id: snapshot_id.slice(14) };
}

async function words(box: Sandbox, ...typed: string[]): Promise<string[]> {
  const ran = await box.jvs("p/main", "__complete", ...typed);
  expect(ran).toMatchObject({ exit: 0, err: "" });
  return ran.out
    .split("\n")
    .slice(0, -1)
    .map((line) => line.split("\t")[0] ?? "");
}

test("commands, verbs, flags, refs, tags, worktrees, settings, files", async () => {
  const { box, id } = await makeProject();
  await using _ = box;
  expect(await words(box, "sna")).toEqual(["snapshot"]);
  expect(await words(box, "")).toEqual(
    expect.arrayContaining(["init", "restore", "config", "help"]),
  );
  expect(await words(box, "worktree", "re")).toEqual(["rename", "remove"]);
  expect(await words(box, "snapshot", "--pa")).toEqual(["--paths"]);
  expect(await words(box, "restore", "")).toEqual(["HEAD", "v1.0", "beta", id]);
  expect(await words(box, "restore", id.slice(0, 3))).toEqual([id]);
  expect(await words(box, "diff", "HEAD", "v")).toEqual(["v1.0"]);
  expect(await words(box, "history", "--tag", "b")).toEqual(["beta"]);
  expect(await words(box, "history", "--tag", "=", "b")).toEqual(["beta"]);
  expect(await words(box, "wt", "remove", "")).toEqual(["feature"]);
  expect(await words(box, "wt", "rename", "")).toEqual(["feature"]);
  expect(await words(box, "wt", "path", "")).toEqual(["feature", "main"]);
  expect(await words(box, "help", "worktree", "re")).toEqual(["rename", "remove"]);
  expect(await words(box, "help", "worktree", "remove", "")).toEqual([]);
  expect(await words(box, "snapshot", "--compress", "m")).toEqual(["max"]);
  expect(await words(box, "config", "set", "retention.auto.keep_l")).toEqual([
    "retention.auto.keep_last",
  ]);
  expect(await words(box, "worktree", "create", "")).toEqual([]);
  expect(await words(box, "config", "set", "out")).toEqual(["output_format"]);
  expect(await words(box, "config", "set", "output_format", "")).toEqual(["text", "json"]);
  expect(await words(box, "restore", "HEAD", "--", "")).toEqual([":files"]);
  expect(await words(box, "completion", "")).toEqual(["bash", "zsh", "fish", "powershell"]);
  expect(await words(box, "-")).toContain("--json");
});

test("tags of the snapshot that is named, paths in it; nothing that would be taken for a flag", async () => {
  const { box } = await makeProject();
  await using _ = box;
  box.write({ "p/main/d/one": "1", "p/main/d/two": "2", "p/main/-x": "x" });
  await box.jvs("p/main", "snapshot", "second", "--tag=-odd,wip");
  expect(await words(box, "tag", "remove", "v1.0", "")).toEqual(["v1.0", "beta"]);
  expect(await words(box, "tag", "remove", "HEAD", "")).toEqual(["wip"]);
  expect(await words(box, "cat", "HEAD", "")).toEqual(["d/", "notes.txt"]);
  expect(await words(box, "cat", "HEAD", "d/t")).toEqual(["d/two"]);
  expect(await words(box, "ls", "v1.0", "")).toEqual(["notes.txt"]);
  expect(await words(box, "show", "")).not.toContain("-odd");
  expect(await words(box, "show", "--", "-")).toEqual(["-odd"]);
});

test("it stays silent where there is nothing to say", async () => {
  await using box = makeSandbox();
  for (const typed of [["restore", ""], ["nope", ""], ["worktree", "nope", ""], []]) {
    const ran = await box.jvs(".", "__complete", ...typed);
    expect(ran).toMatchObject({ exit: 0, err: "" });
  }
});

test.each(["bash", "zsh", "fish", "powershell"])("prints the script for %s", async (shell) => {
  await using box = makeSandbox();
  const ran = await box.jvs(".", "completion", shell);
  expect(ran).toMatchObject({ exit: 0, err: "" });
  expect(ran.out).toContain("__complete");
});

test("another shell is refused", async () => {
  await using box = makeSandbox();
  const ran = await box.jvs(".", "completion", "foo");
  expect(ran).toMatchObject({ exit: 2, out: "" });
  expect(ran.err).toContain('invalid argument "foo" for "jvs completion"');
  expect((await box.jvs(".", "completion")).exit).toBe(2);
});

function runShell(box: Sandbox, shell: string, script: string): string {
  const { stdout, stderr } = spawnSync(shell, ["-c", script], {
    cwd: box.path("p/main"),
    env: { PATH: `${BIN}:${process.env.PATH}`, HOME: box.path("home"), TERM: "dumb" },
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return stdout;
}

test.skipIf(!has("bash"))("bash really completes", async () => {
  const { box } = await makeProject();
  await using _ = box;
  const script = (line: string[], at: number): string => `
    source <(jvs completion bash)
    complete -p jvs
    COMP_WORDS=(${line.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${at}
    _jvs 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const bash = (line: string[], at = line.length - 1): string =>
    runShell(box, "bash", script(line, at));
  expect(bash(["jvs", "restore", "v"])).toBe("complete -F _jvs jvs\nv1.0\n");
  expect(bash(["jvs", "worktree", "remove", ""])).toContain("feature\n");
  // The cursor need not stand at the end.
  expect(bash(["jvs", "rest", "v1.0"], 1)).toContain("restore\n");
});

test.skipIf(!has("zsh"))("zsh really completes", async () => {
  const { box } = await makeProject();
  await using _ = box;
  writeFileSync(
    box.path("home/try.zsh"),
    `autoload -Uz compinit && compinit -D -u
source <(jvs completion zsh)
print -r -- \${_comps[jvs]}
_describe() { print -rl -- "\${(@P)\${@[-1]}}" }
_files() { print FILES }
words=(jvs restore v); CURRENT=3; _jvs
words=(jvs restore v1.0 -- ''); CURRENT=5; _jvs
`,
  );
  expect(runShell(box, "zsh", `source ${box.path("home/try.zsh")}`)).toBe(
    "_jvs\nv1.0:first\nFILES\n",
  );
});

test.skipIf(!has("fish"))("fish really completes", async () => {
  const { box } = await makeProject();
  await using _ = box;
  const fish = (line: string): string =>
    runShell(box, "fish", `jvs completion fish | source; complete -C '${line}'`);
  expect(fish("jvs restore v")).toBe("v1.0\tfirst\n");
  expect(fish("jvs worktree remove ")).toContain("feature\t");
  expect(fish("jvs restore HEAD -- no")).toContain("notes.txt");
});
