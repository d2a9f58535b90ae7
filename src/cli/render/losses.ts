import type { Loss, LossKind } from "../../model/entry.ts";
import { inWords } from "../../model/raw-path.ts";
import type { RestoreIssue } from "../../model/reports.ts";
import type { Review } from "../command.ts";
import { countOf } from "./numbers.ts";

/** What a snapshot should hold and does not. Sockets, devices and mounts never hold content. */
const GRAVE_LOSSES: readonly LossKind[] = ["unreadable", "unstable", "xattr"];

/** Restored, but for an attribute that the system refused. */
const LIGHT_ISSUES: readonly RestoreIssue["kind"][] = ["degraded"];

/** What a snapshot does not hold, and whether that makes it only part of what was asked for. */
export function reviewLosses(losses: readonly Loss[], warnings: readonly string[] = []): Review {
  const lines = warnings.map((warning) => `jvs: warning: ${warning}`);
  if (losses.length > 0) {
    lines.push(
      `jvs: warning: the snapshot does not hold ${countOf(losses.length, "path")} faithfully:`,
    );
    lines.push(...lossLines(losses));
  }
  const partial = losses.some(({ kind }) => GRAVE_LOSSES.includes(kind));
  return { warning: lines.join("\n"), partial };
}

/** `  run/app.sock: a socket`. */
export function lossLines(losses: readonly Loss[]): string[] {
  return losses.map((loss) => `  ${inWords(loss)}: ${loss.why}`);
}

/** The paths that a restore could not bring to the wanted state. */
export function reviewIssues(issues: readonly RestoreIssue[]): Review {
  const lost = issues.filter(({ kind }) => kind === "lost");
  const grave = issues.filter(({ kind }) => kind !== "lost" && !LIGHT_ISSUES.includes(kind));
  const light = issues.filter(({ kind }) => LIGHT_ISSUES.includes(kind));
  const lines = [
    ...issueLines(lost, "gone: no snapshot holds what was there"),
    ...issueLines(grave, "not as in the snapshot"),
    ...issueLines(light, "without an attribute"),
  ];
  return { warning: lines.join("\n"), partial: grave.length + lost.length > 0 };
}

function issueLines(issues: readonly RestoreIssue[], what: string): string[] {
  if (issues.length === 0) return [];
  return [
    `jvs: warning: ${countOf(issues.length, "path is", "paths are")} ${what}:`,
    ...issues.map((issue) => {
      const { why, kept_as: path } = issue;
      const kept =
        path === undefined ? "" : ` (the edited file is kept as ${inWords({ ...issue, path })})`;
      return `  ${inWords(issue)}: ${why}${kept}`;
    }),
  ];
}
