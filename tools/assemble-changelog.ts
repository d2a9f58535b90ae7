/**
 * Moves the notes of changelog/unreleased/ into CHANGELOG.md, under one version.
 *
 *   bun tools/assemble-changelog.ts 0.2.0 [2026-01-31]
 */
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";

const ROOT = join(import.meta.dir, "..");
const NOTES = join(ROOT, "changelog/unreleased");
const CHANGELOG = join(ROOT, "CHANGELOG.md");
const TITLE = "# Changelog\n";
const KINDS = ["Added", "Changed", "Fixed", "Removed", "Security"] as const;
const NOTE = new RegExp(`^(${KINDS.join("|")}): (\\S[^]*)$`);

interface Note {
  readonly file: string;
  readonly kind: string;
  readonly text: string;
}

await main(process.argv.slice(2));

async function main([version, date]: readonly string[]): Promise<void> {
  if (!version) throw new Error("Cannot assemble the changelog: name a version");
  const notes = await readNotes();
  const section = renderSection(`${version} (${date ?? today()})`, notes);
  const older = (await readIfThere(CHANGELOG)).replace(TITLE, "").trimStart();
  await Bun.write(CHANGELOG, `${`${TITLE}\n${section}${older}`.trimEnd()}\n`);
  for (const { file } of notes) await rm(file);
  console.log(`CHANGELOG.md: ${version}, ${notes.length} notes`);
}

async function readNotes(): Promise<Note[]> {
  const files = [...new Bun.Glob("*.md").scanSync({ cwd: NOTES, absolute: true })]
    .filter((file) => basename(file) !== "README.md")
    .sort();
  return Promise.all(files.map(readNote));
}

async function readNote(file: string): Promise<Note> {
  const match = NOTE.exec((await Bun.file(file).text()).trim());
  const [, kind, text] = match ?? [];
  if (kind && text) return { file, kind, text };
  throw new Error(`Cannot read "${file}": it must begin with one of ${KINDS.join(", ")} and ": "`);
}

function renderSection(heading: string, notes: readonly Note[]): string {
  const parts = KINDS.map((kind) => notes.filter((note) => note.kind === kind))
    .filter((group) => group.length > 0)
    .map((group) => `### ${group[0]?.kind}\n\n${group.map(renderNote).join("")}\n`);
  return `## ${heading}\n\n${parts.join("")}`;
}

/** One bullet; what follows the first line is indented to stay inside it. */
function renderNote({ text }: Note): string {
  return `- ${text.replaceAll(/\n(?=.)/g, "\n  ")}\n`;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

async function readIfThere(path: string): Promise<string> {
  const file = Bun.file(path);
  return (await file.exists()) ? file.text() : "";
}
