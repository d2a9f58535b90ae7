import { readFileSync } from "node:fs";
import { makeSandbox, type Sandbox } from "./sandbox.ts";

/** A worktree as `--json` prints it. */
export interface WorktreeObject {
  readonly name: string;
  readonly base_snapshot_id?: string;
  readonly head_snapshot_id?: string;
  readonly latest_snapshot_id?: string;
  readonly path: string;
  readonly state?: string;
  readonly bytes?: number;
}

/** A sandbox with a repository that has one snapshot, `id`. */
export interface Project extends Sandbox {
  readonly id: string;
}

/** A project with one snapshot, "first" (tag v1), of the files. Commands run in p/main. */
export async function makeProject(
  files: Record<string, string> = { a: "one\n", "src/b": "two\n" },
): Promise<Project> {
  const box = makeSandbox();
  await box.jvs(".", "init", "p");
  box.write(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`p/main/${name}`, text])),
  );
  const { snapshot_id: id } = await box.json<{ snapshot_id: string }>(
    "p/main",
    ...["snapshot", "first", "--tag", "v1"],
  );
  return { ...box, id };
}

/** The same, in place, in the folder `w`. */
export async function makeInPlace(): Promise<Project> {
  const box = makeSandbox({ "w/a": "one\n", "w/src/b": "two\n" });
  await box.jvs("w", "init");
  const { snapshot_id: id } = await box.json<{ snapshot_id: string }>("w", "snapshot", "first");
  return { ...box, id };
}

/** The content of a file. */
export function read(box: Sandbox, name: string): string {
  return readFileSync(box.path(name), "utf8");
}
