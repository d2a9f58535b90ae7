import { basename } from "node:path";
import { listLeftConversions } from "../../repo/convert-folder.ts";
import { listDrafts } from "../../repo/drafts.ts";
import { listDeadLocks } from "../../repo/inspect-locks.ts";
import { listIntents } from "../../repo/intents.ts";
import { isWorktreeLocked } from "../../repo/is-locked.ts";
import { payloadPath } from "../../repo/layout.ts";
import { findLeftUpgrade } from "../../repo/v1/recognise-folders.ts";
import { listStrayPackFiles } from "../../store/check-packs.ts";
import { listStrayPayloads } from "../gc/payloads.ts";
import type { Exam, NewFinding } from "./exam.ts";

/** What a killed command left behind. What a living one is at is no finding. */
export function* checkPending({ repo }: Exam): Generator<NewFinding> {
  const { layout } = repo;
  for (const { id, kind, worktree } of listIntents(repo)) {
    if (isWorktreeLocked(repo, worktree)) continue;
    yield {
      category: "intent",
      description: `a ${kind} of worktree '${worktree}' was interrupted (${id})`,
      severity: "warning",
      path: layout.intents,
      code: "intent-left",
      cure: "The next command in that worktree finishes it; jvs doctor --repair-runtime does so now",
      repair: "clean_intents",
    };
  }
  for (const { path, worktree } of listDrafts(repo)) {
    if (isWorktreeLocked(repo, worktree)) continue;
    yield leftOver(path, `something half-made for worktree '${worktree}' was left`);
  }
  for (const name of listStrayPackFiles(layout.objects))
    yield leftOver(`${layout.packs}/${name}`, `${name} belongs to no pack`);
  for (const id of listStrayPayloads(repo))
    yield leftOver(payloadPath(layout, id), `the folder of a snapshot that there is not (${id})`);
  yield* checkLeftUpgrade(layout.root);
  yield* checkLeftConversions(layout.root);
  for (const { path, holder } of listDeadLocks(layout))
    yield {
      category: "lock",
      description: `process ${holder.pid} of ${holder.user} (${holder.command}) ended without giving a lock back; it is free all the same`,
      severity: "info",
      path,
      code: "lock-left",
      cure: "None is needed; jvs doctor --repair wipes the name out",
      repair: "clean_locks",
    };
}

function* checkLeftUpgrade(root: string): Generator<NewFinding> {
  const left = findLeftUpgrade(root);
  if (left === undefined) return;
  yield {
    category: "tmp",
    description: `${basename(left.path)}: an upgrade from version 1 was cut short`,
    severity: "warning",
    path: left.path,
    code: "upgrade-left",
    cure: left.isOld
      ? "It is the old control folder: jvs upgrade gives it its last name, .jvs-v1"
      : "Nothing in this repository needs it: look into it, then remove it",
  };
}

function* checkLeftConversions(root: string): Generator<NewFinding> {
  for (const { path, isClone } of listLeftConversions(root))
    yield {
      category: "tmp",
      description: isClone
        ? `${basename(path)}: a half-made subvolume of a \`jvs init --subvolume\` that was cut short`
        : `${basename(path)}: the folder as it was before it became a subvolume`,
      severity: "warning",
      path,
      code: "conversion-left",
      cure: isClone
        ? "Nothing needs it: btrfs subvolume delete, or rm -r"
        : "Compare it with the workspace, which should have all that is in it, then remove it",
    };
}

function leftOver(path: string, description: string): NewFinding {
  return {
    category: "tmp",
    description,
    severity: "warning",
    path,
    code: "left-over",
    cure: "The next command clears it away; jvs doctor --repair-runtime does so now",
    repair: "clean_tmp",
  };
}
