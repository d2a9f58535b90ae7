import { expect, test } from "vitest";
import type { Change } from "../model/change.ts";
import type { Entry, ObjectId } from "../model/entry.ts";
import type { RawPath } from "../model/raw-path.ts";
import type { LinkGroup } from "../tree/link-groups.ts";
import { TreeChanges } from "../tree/tree-changes.ts";
import { ListedChanges } from "./listed-changes.ts";

function entry(path: string, content = "0", kind: Entry["kind"] = "f"): Entry {
  const name = path.slice(path.lastIndexOf("/") + 1) as RawPath;
  const mtime = kind === "d" ? "-" : "1";
  return { name, kind, mode: 0o755, size: 3, mtime, content: content.repeat(64) as ObjectId };
}

function added(path: string, content?: string, kind?: Entry["kind"]) {
  return { path: path as RawPath, before: undefined, after: entry(path, content, kind) };
}

function removed(path: string, content?: string) {
  return { path: path as RawPath, before: entry(path, content), after: undefined };
}

const ROOT: Change = { path: ".", type: "metadata", kind: "directory", differs: ["mode"] };

function tell(changes: Iterable<Change>): string[] {
  return [...changes].map(({ type, path, old_path }) =>
    [type, old_path, path].join(" ").replace("  ", " "),
  );
}

const group = (...paths: string[]): LinkGroup => paths as RawPath[];

test("renames, covered folders and links, in the order of paths", () => {
  const found = new TreeChanges([
    added("b", "1", "d"),
    added("b/c", "2"),
    removed("e", "3"),
    added("g", "3"),
  ]);
  const links = { before: [group("a", "f"), group("e", "h")], after: [group("b/c", "h")] };
  const changes = new ListedChanges(found, { links, root: [ROOT] });
  expect(tell(changes)).toEqual([
    "metadata .",
    "metadata a",
    "added b/c",
    "metadata f",
    "renamed e g",
    "metadata h",
  ]);
  expect(changes.counts).toEqual({ added: 1, removed: 0, modified: 0, renamed: 1, metadata: 4 });
  expect(changes).toHaveLength(6);
  expect(tell(changes.ofType("metadata"))).toEqual([
    "metadata .",
    "metadata a",
    "metadata f",
    "metadata h",
  ]);
});

test("paths that are left out are not counted", () => {
  const changes = new ListedChanges(new TreeChanges([added("a", "1"), added("b", "2")]), {
    except: new Set(["a"]),
  });
  expect(tell(changes)).toEqual(["added b"]);
  expect(changes.counts.added).toBe(1);
});

test("the file of that name is preferred for what was renamed", () => {
  const found = new TreeChanges([added("a/y"), removed("b/x"), removed("b/y")]);
  expect(tell(new ListedChanges(found))).toEqual(["renamed b/y a/y", "removed b/x"]);
});
