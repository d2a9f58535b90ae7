import { expect, test } from "vitest";
import { makeSandbox } from "../sandbox.ts";
import { MAIN, openDesk } from "./open-desk.ts";

test("help in all its forms goes to stdout, with status 0", async () => {
  await using box = makeSandbox();
  const [bare, ...others] = await Promise.all(
    [[], ["--help"], ["-h"], ["help"]].map((argv) => box.jvs("", ...argv)),
  );
  expect(bare).toMatchObject({ exit: 0, err: "" });
  expect(bare?.out).toMatch(/^JVS .*workspace versioning.*Usage:\n/s);
  for (const other of others) expect(other).toEqual(bare);
  expect(await box.jvs("", "help", "diff")).toEqual(await box.jvs("", "diff", "--help"));
  expect(await box.jvs("", "help", "bogus")).toMatchObject({
    exit: 2,
    out: "",
    err: expect.stringContaining("Usage:"),
  });
});

test("UX-13 --version", async () => {
  await using box = makeSandbox();
  expect((await box.jvs("", "--version")).out).toMatch(/^jvs \d+\.\d+\.\d+(\+[0-9a-f]+)?\n$/);
  expect((await box.jvs("", "version")).exit).toBe(0);
});

test("unknown commands and flags: no prefix, status 2", async () => {
  await using box = makeSandbox();
  const said = async (...argv: string[]): Promise<string> => {
    const { exit, out, err } = await box.jvs("", ...argv);
    expect({ exit, out }).toEqual({ exit: 2, out: "" });
    return err;
  };
  expect(await said("snapshto")).toBe(
    'unknown command "snapshto" for "jvs"\n\nDid you mean this?\n\tsnapshot\n\n',
  );
  expect(await said("xyzzy")).toMatch(/^unknown command "xyzzy" for "jvs"\n/);
  expect(await said("status", "--x")).toMatch(/^unknown flag: --x\n/);
  expect(await said("status", "-x")).toMatch(/^unknown shorthand flag: 'x' in -x\n/);
  expect(await said("--x", "status")).toMatch(/^unknown flag: --x\n/);
});

test("flags before, behind and between words; -- ends them", async () => {
  await using desk = await openDesk();
  await desk.save("one");
  for (const argv of [
    ["--json", "history", "-n", "1"],
    ["history", "--limit=1", "--json"],
    ["history", "-n1", "--json=true"],
    ["history", "--json", "-n=1"],
  ])
    expect(JSON.parse((await desk.jvs(...argv)).out), argv.join(" ")).toHaveLength(1);
  expect((await desk.jvs("history", "--json=false")).out).toContain("<short1>");
  expect(await desk.jvs("history", "--json=perhaps")).toMatchObject({
    exit: 2,
    err: expect.stringContaining('invalid argument "perhaps" for "--json" flag'),
  });
  desk.write({ "-n": "a file" });
  await desk.save("two");
  expect((await desk.jvs("cat", "HEAD", "--", "-n")).out).toBe("a file");
  for (const flag of ["--no-progress", "--no-color", "--debug", "-q"])
    expect((await desk.jvs("status", flag)).exit, flag).toBe(0);
});

test("UX-10 failures under --json: one value on stdout, the plain line on stderr", async () => {
  await using desk = await openDesk();
  desk.write({ "a.txt": "a" });
  await desk.save("one");
  await desk.save("other");
  const failures: [code: string, status: number, ...argv: string[]][] = [
    ["E_NOT_FOUND", 1, "restore", "nope"],
    ["E_AMBIGUOUS", 1, "show", "o"],
    ["E_USAGE", 2, "restore"],
    ["E_USAGE", 2, "bogus"],
    ["E_USAGE", 2, "diff", "a", "b", "c"],
    ["E_USAGE", 2, "restore", ""],
    ["E_NAME_INVALID", 2, "snapshot", "--tag", "a/b"],
    ["E_PATH_ESCAPE", 2, "restore", "HEAD", "--", "../../x"],
    ["E_EXISTS", 1, "export", "HEAD", "."],
  ];
  for (const [code, status, ...argv] of failures) {
    const plain = await desk.jvs(...argv);
    const { exit, out, err } = await desk.jvs("--json", ...argv);
    expect({ exit, err }, argv.join(" ")).toEqual({ exit: status, err: plain.err });
    const { error, ...rest } = JSON.parse(out);
    expect(rest).toEqual({});
    expect(Object.keys(error).slice(0, 4)).toEqual(["code", "message", "hint", "status"]);
    expect(error).toMatchObject({ code, status });
    expect(plain.err).toContain(error.message);
  }
  const outside = await desk.at("home", "status", "--json");
  expect(outside.exit).toBe(10);
  expect(JSON.parse(outside.out)).toMatchObject({ error: { code: "E_NO_REPOSITORY", status: 10 } });
});

test("success never says error or panic", async () => {
  await using desk = await openDesk();
  desk.write({ "a.txt": "a" });
  const commands = [
    "snapshot",
    "status",
    "history",
    "diff",
    "restore HEAD",
    "undo",
    "redo",
    "operations",
    "info",
  ];
  for (const command of [...commands, "show HEAD", "ls HEAD", "export HEAD ../x", "help"]) {
    const { exit, out, err } = await desk.jvs(...command.split(" "));
    expect(exit, command).toBe(0);
    expect(out + err, command).not.toMatch(/error|panic/i);
  }
});

test("UX-29 every command that a hint names is there", async () => {
  await using desk = await openDesk();
  await desk.save("one");
  await desk.save("two");
  let text = "";
  for (const words of [
    "status",
    "restore one",
    "status",
    "snapshot",
    "undo",
    "redo",
    "restore nope",
  ])
    text += Object.values(await desk.jvs(...words.split(" "))).join("\n");
  const { out } = await desk.box.jvs(MAIN, "help", "--json");
  const known = new Set((JSON.parse(out).commands as { name: string }[]).map(({ name }) => name));
  const named = text.matchAll(/\bjvs ([a-z]+)\b/g);
  const missing = [...named].map(([, name = ""]) => name).filter((name) => !known.has(name));
  expect(missing).toEqual([]);
});

test("arguments that are no UTF-8 name what they name", async () => {
  await using desk = await openDesk();
  const script =
    'f=$(printf "\\303"); echo hi > "$f"; "$0" snapshot x >/dev/null; "$0" cat HEAD "$f"; "$0" ls HEAD';
  const { stdout } = Bun.spawnSync(["sh", "-ec", script, desk.box.binary], {
    cwd: desk.box.path(MAIN),
    env: { PATH: process.env.PATH ?? "" },
  });
  expect(stdout.toString()).toMatch(/^hi\n.* \\xc3\n$/);
});
