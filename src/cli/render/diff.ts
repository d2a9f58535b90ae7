import { inWords } from "../../model/raw-path.ts";
import type { DiffReport, FilePatch } from "../../model/reports.ts";
import { type SnapshotId, shortId } from "../../model/snapshot.ts";
import type { Look } from "../io.ts";
import { type Colour, paint } from "../terminal.ts";
import { oldPathOf, pathsOf, remarkOn } from "./changes.ts";
import { formatSecond } from "./times.ts";

export interface DiffStyle {
  readonly stat: boolean;
  readonly "name-status": boolean;
}

/** The comparison in words: sections, counts, or names. */
export function renderDiff(
  report: DiffReport,
  look: Look,
  style: DiffStyle,
): string | Iterable<string> {
  if (style.stat) return renderCounts(report);
  return style["name-status"] ? nameLines(report) : allLines(report, look);
}

function* allLines(report: DiffReport, look: Look): Generator<string> {
  yield* headLines(report, look);
  yield "";
  for (const section of SECTIONS) yield* sectionLines(report, look, section);
  if (SECTIONS.every(({ list }) => report[list].length === 0)) yield "No changes.";
  yield* patchLines(report.patches ?? [], look);
}

interface Section {
  readonly title: string;
  readonly list: "added" | "removed" | "modified" | "renamed" | "metadata";
  readonly sign: string;
  readonly letter: string;
  readonly colour: Colour;
}

const SECTIONS: readonly Section[] = [
  { title: "Added", list: "added", sign: "+", letter: "A", colour: "green" },
  { title: "Removed", list: "removed", sign: "-", letter: "D", colour: "red" },
  { title: "Modified", list: "modified", sign: "~", letter: "M", colour: "yellow" },
  { title: "Renamed", list: "renamed", sign: ">", letter: "R", colour: "cyan" },
  { title: "Metadata", list: "metadata", sign: "=", letter: "T", colour: "magenta" },
];

/** Users know the first three; the others stand there when they count something. */
function renderCounts(report: DiffReport): string {
  const { total_added, total_removed, total_modified, total_renamed, total_metadata } = report;
  const counts = [
    `Added: ${total_added}`,
    `Removed: ${total_removed}`,
    `Modified: ${total_modified}`,
  ];
  if (total_renamed > 0) counts.push(`Renamed: ${total_renamed}`);
  if (total_metadata > 0) counts.push(`Metadata: ${total_metadata}`);
  return counts.join(", ");
}

function* nameLines(report: DiffReport): Generator<string> {
  for (const { list, letter } of SECTIONS)
    for (const change of report[list])
      yield [letter, oldPathOf(change), inWords(change)]
        .filter((part) => part !== undefined)
        .join("\t");
}

function headLines(report: DiffReport, look: Look): string[] {
  const { from_snapshot_id: from, to_snapshot_id: to, from_time, to_time } = report;
  return [
    paint(look, "bold", `Diff ${nameSide(from, "nothing")} -> ${nameSide(to, "workspace")}`),
    `From: ${from_time === null ? "before the first snapshot" : formatSecond(from_time)}`,
    `To:   ${to_time === null ? "now" : formatSecond(to_time)}`,
  ];
}

function nameSide(id: SnapshotId | null, otherwise: string): string {
  return id === null ? otherwise : shortId(id);
}

function* sectionLines(report: DiffReport, look: Look, section: Section): Generator<string> {
  const { title, list, sign, colour } = section;
  const changes = report[list];
  if (changes.length === 0) return;
  yield `${title} (${changes.length}):`;
  for (const change of changes)
    yield paint(look, colour, `  ${sign} ${pathsOf(change)}${remarkOn(change, exactSizes)}`);
  yield "";
}

function exactSizes(before: number, after: number): string {
  return `${before} -> ${after} bytes`;
}

function patchLines(patches: readonly FilePatch[], look: Look): string[] {
  return patches.flatMap((patch) => [...onePatch(patch, look), ""]);
}

function onePatch(patch: FilePatch, look: Look): string[] {
  const { kind, text } = patch;
  if (kind === "binary") return [`Binary file ${inWords(patch)} differs`];
  if (kind === "too-large") return [`File ${inWords(patch)} is too large to compare line by line`];
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => paintPatchLine(line, look));
}

function paintPatchLine(line: string, look: Look): string {
  const colour = PATCH_COLOURS.find(([start]) => line.startsWith(start))?.[1];
  return colour === undefined ? line : paint(look, colour, line);
}

/** The first that fits counts. */
const PATCH_COLOURS: readonly (readonly [start: string, colour: Colour])[] = [
  ["---", "bold"],
  ["+++", "bold"],
  ["@@", "cyan"],
  ["+", "green"],
  ["-", "red"],
];
