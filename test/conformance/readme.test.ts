/** The tour in README.md, run as it stands: what it shows is what the program prints. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
/** Where the tour says it happens. */
const SHOWN = "/srv";
const folder = mkdtempSync(join(tmpdir(), "jvs-readme-"));

interface Step {
  readonly command: string;
  readonly output: string;
}

beforeAll(() => {
  const report = join(folder, "report");
  mkdirSync(join(report, "figures"), { recursive: true });
  writeFileSync(join(report, "notes.txt"), "Results\n\nThe first run took 41 s.\n");
  writeFileSync(join(report, "figures/plot.bin"), Buffer.alloc(300_000, "plot"));
  writeFileSync(join(report, "run.sh"), "#!/bin/sh\necho run\n");
  chmodSync(join(report, "run.sh"), 0o755);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("prints what the tour shows", () => {
  const steps = readSteps();
  const shown = steps.map(({ command, output }) => `$ ${command}\n${output}`).join("\n\n");
  const printed = steps.map(({ command }) => `$ ${command}\n${run(command)}`).join("\n\n");
  expect(normalise(printed.replaceAll(folder, SHOWN))).toBe(normalise(shown));
});

/** A line with `$ ` in a code block of the tour, and what follows up to the next one. */
function readSteps(): Step[] {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const tour = readme.slice(readme.indexOf("## A tour"), readme.indexOf("## Exit statuses"));
  const blocks = [...tour.matchAll(/```\n(.*?)```/gs)].map(([, text = ""]) => text);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [command = "", ...lines] = part.split("\n");
        return { command, output: lines.join("\n").trimEnd() };
      }),
  );
}

/** `cd` is what the next commands do for themselves; the README says it once for its readers. */
function run(command: string): string {
  if (command.startsWith("cd ")) return "";
  const { stdout, status } = spawnSync("bash", ["-c", `umask 022; { ${command}\n} 2>&1`], {
    cwd: join(folder, "report"),
    env: { ...process.env, PATH: `${join(ROOT, "bin")}${delimiter}${process.env.PATH ?? ""}` },
    encoding: "utf8",
  });
  expect(status, command).toBe(0);
  return stdout.trimEnd();
}

/** Ids by their first appearance; times and what depends on them left out. */
function normalise(text: string): string {
  const names = new Map<string, string>();
  const nameOf = (id: string): string => {
    if (!names.has(id)) names.set(id, `id${names.size + 1}`);
    return names.get(id) ?? id;
  };
  return text
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "repository")
    .replace(/\b\d{13}-([0-9a-f]{8})\b/g, (_, id: string) => `time-${id}`)
    .replace(/\b[0-9a-f]{8}\b/g, nameOf)
    .replace(/\b\d{4}-\d{2}-\d{2} \d{2}:\d{2}(?::\d{2})?\b/g, "moment");
}
