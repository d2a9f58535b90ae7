import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { makeSandbox } from "../sandbox.ts";

interface Changed {
  readonly path: string;
  readonly path_base64?: string;
}

/** Control characters that could move the cursor, or begin a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come out.
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f]/;

test("JSON has each path as it is; people see another one for each", async () => {
  await using box = makeSandbox({ "w/nl\nx": "1", "w/nl\\x0ax": "2", "w/plain\\": "3" });
  writeFileSync(Buffer.concat([Buffer.from(`${box.path("w")}/f`), Buffer.from([0xff])]), "4");
  await box.jvs("w", "init");
  const { changes } = await box.json<{ changes: Changed[] }>("w", "status");
  expect(changes.map(({ path, path_base64 }) => ({ path, path_base64 }))).toEqual([
    { path: "f\\xff", path_base64: "Zv8=" },
    { path: "nl\nx" },
    { path: "nl\\x0ax" },
    { path: "plain\\" },
  ]);
  const { out } = await box.jvs("w", "status");
  for (const shown of ["+ f\\xff", "+ nl\\x0ax", "+ nl\\\\x0ax", "+ plain\\"])
    expect(out.split("\n").map((line) => line.trim())).toContain(shown);
  await box.jvs("w", "snapshot", "one");
  const { entries } = await box.json<{ entries: Changed[] }>("w", "ls", "HEAD");
  expect(entries.map(({ path }) => path)).toEqual(["f\\xff", "nl\nx", "nl\\x0ax", "plain\\"]);
  expect((await box.jvs("w", "ls", "HEAD")).out.split("\n")).toHaveLength(5);
  expect(await box.ok("w", "cat", "HEAD", "nl\nx")).toBe("1");
});

test("what a folder is called never reaches the terminal raw", async () => {
  const odd = "o\nd\u001b[31md";
  await using box = makeSandbox({ [`${odd}/keep`]: "" });
  const shown = "o\\x0ad\\x1b[31md";
  const main = `${odd}/p/main`;
  expect((await box.jvs(odd, "init", "p")).out).toContain(`${shown}/p\n`);
  box.write({ [`${main}/a`]: "1" });
  await box.jvs(main, "snapshot", "one");
  box.write({ [`${main}/a`]: "2" });
  for (const argv of [
    ["status"],
    ["info"],
    ["fork", "f"],
    ["worktree", "create", "g"],
    ["worktree", "list"],
    ["export", "HEAD", "../out"],
    ["worktree", "remove", "f"],
    ["undo"],
    ["doctor"],
  ]) {
    const { exit, out, err } = await box.jvs(main, ...argv);
    expect(exit, argv.join(" ")).toBe(0);
    expect(out, argv.join(" ")).not.toMatch(CONTROL);
    const namesNone = ["doctor", "undo"].includes(argv[0] ?? "") || argv[1] === "remove";
    if (!namesNone) expect(out, argv.join(" ")).toContain(shown);
    expect(err).not.toMatch(CONTROL);
  }
  expect(await box.ok(main, "worktree", "path"), "for cd, as it is").toBe(`${box.path(main)}\n`);
  expect(await box.json(main, "info")).toMatchObject({ workspace: box.path(main) });
});
