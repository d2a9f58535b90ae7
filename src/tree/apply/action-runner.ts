import {
  exchange,
  makeFolder,
  type Place,
  removeFile,
  removeFolder,
  renameToFree,
  setMode,
  statAt,
  statFd,
} from "../../fs/at.ts";
import { hasWriter } from "../../fs/find-written.ts";
import type { FolderCursor } from "../../fs/folder-cursor.ts";
import { StatBuffer } from "../../fs/stat-buffer.ts";
import { writeXattrs } from "../../fs/xattrs.ts";
import { systemCodeOf } from "../../model/errors.ts";
import { Garbage } from "../../model/garbage.ts";
import { NumberList } from "../../model/number-list.ts";
import { pathFields, type RawPath, toText } from "../../model/raw-path.ts";
import type { RestoreIssue } from "../../model/reports.ts";
import { FLAG, type ScanTable } from "../scan-table.ts";
import { splitPath } from "../split-path.ts";
import type { Action } from "./action.ts";
import { keepBeside } from "./keep-beside.ts";
import type { PlannedActions } from "./planned-actions.ts";
import type { WriteContext } from "./write-context.ts";
import { applyMetadata } from "./write-entry.ts";

export interface RunnerInput extends WriteContext {
  readonly cursor: FolderCursor;
  readonly staging: number;
  readonly table: ScanTable;
  readonly tag: string;
}

/** An action that moved something out of the workspace. */
type Grave = ActionOf<"place" | "remove"> & { readonly row: number };

type ActionOf<K extends Action["kind"]> = Action & { readonly kind: K };

/**
 * Moves names. What leaves the workspace is only moved into the staging folder, looked at again,
 * and removed at the very end; an edit that slipped in comes back as a conflict copy.
 */
export class ActionRunner {
  readonly issues: RestoreIssue[] = [];
  private readonly input: RunnerInput;
  private readonly stat = new StatBuffer();
  /** Numbers of actions: what they moved out of the workspace now lies in the staging folder. */
  private readonly graves = new NumberList();
  private readonly actions: PlannedActions;
  /** Folders made writable for a moment, with the mode they get back. */
  private readonly opened = new Map<RawPath, number>();

  constructor(actions: PlannedActions, input: RunnerInput) {
    this.actions = actions;
    this.input = input;
  }

  /** @param index the number of the action */
  run(action: Action, index: number): void {
    const { folder } = splitPath(action.path);
    try {
      this.runOnce(action, index);
    } catch (error) {
      if (systemCodeOf(error) !== "EACCES" || this.opened.has(folder) || !this.makeWritable(folder))
        throw error;
      this.runOnce(action, index);
    }
  }

  /** Gives folders that were made writable for a moment their mode back. */
  closeFolders(): void {
    for (const [path, mode] of [...this.opened].reverse()) {
      try {
        this.setFolderMode(path, mode);
      } catch (error) {
        if (systemCodeOf(error) === "") throw error;
        this.refuse(path, [`the mode ${mode.toString(8)}`]);
      }
    }
  }

  /**
   * Lets go of what was moved out of the workspace and nobody edited. Returns whether all is gone:
   * else the staging folder holds something that has no other place.
   */
  releaseGraves(): boolean {
    const garbage = new Garbage();
    let left = 0;
    for (let at = 0; at < this.graves.length; at++) {
      if (!this.tryRelease(this.actions.at(this.graves.at(at)) as Grave)) left++;
      garbage.add();
    }
    return left === 0;
  }

  private tryRelease(grave: Grave): boolean {
    try {
      this.release(grave);
      return true;
    } catch (error) {
      if (systemCodeOf(error) === "") throw error;
      this.issues.push({
        ...pathFields(grave.path),
        kind: "failed",
        why: `it was edited meanwhile and cannot be put back (${systemCodeOf(error)}); the next command tries again`,
      });
      return false;
    }
  }

  private runOnce(action: Action, index: number): void {
    if (action.kind === "place") this.place(action, index);
    else if (action.kind === "remove") this.remove(action, index);
    else if (action.kind === "remove-folder") this.removeFolder(action);
    else if (action.kind === "make-folder") this.makeFolder(action);
    else this.touch(action);
  }

  private place({ path, staged, row }: ActionOf<"place">, index: number): void {
    const from = this.staged(staged as RawPath);
    const to = this.live(path);
    const isExpected = row !== undefined && this.isUntouched(to, row);
    if (isExpected && this.tryExchange(from, to)) {
      this.graves.push(index);
      return;
    }
    try {
      renameToFree(from, to);
    } catch (error) {
      if (systemCodeOf(error) !== "EEXIST") throw error;
      this.setAside(to, path);
      renameToFree(from, to);
    }
  }

  /** False when the live name has gone meanwhile. */
  private tryExchange(from: Place, to: Place): boolean {
    try {
      exchange(from, to);
      return true;
    } catch (error) {
      if (systemCodeOf(error) === "ENOENT") return false;
      throw error;
    }
  }

  private remove({ path, staged, row }: ActionOf<"remove">, index: number): void {
    const live = this.live(path);
    const grave = this.staged(staged as RawPath);
    if (!this.isUntouched(live, row)) {
      if (statAt(live.at, live.name, this.stat)) this.keep(path, "it was edited meanwhile");
      return;
    }
    try {
      renameToFree(live, grave);
    } catch (error) {
      if (systemCodeOf(error) === "ENOENT") return;
      throw error;
    }
    if (this.isAsScanned(grave, row)) this.graves.push(index);
    else this.putBack(grave, live, path);
  }

  /** Under its own name, if that is still free. */
  private putBack(grave: Place, live: Place, path: RawPath): void {
    try {
      renameToFree(grave, live);
      this.keep(path, "it was edited meanwhile");
    } catch (error) {
      if (systemCodeOf(error) === "") throw error;
      this.setAside(grave, path);
    }
  }

  private removeFolder({ path }: ActionOf<"remove-folder">): void {
    const { at, name } = this.live(path);
    try {
      removeFolder(at, name);
      this.opened.delete(path);
    } catch (error) {
      const code = systemCodeOf(error);
      if (code === "ENOTEMPTY" || code === "EEXIST")
        this.keep(path, "it holds files that are in no snapshot");
      else if (code === "EBUSY") this.keep(path, "something is mounted there");
      else if (code !== "ENOENT") throw error;
    }
  }

  private makeFolder({ path }: ActionOf<"make-folder">): void {
    const { at, name } = this.live(path);
    try {
      makeFolder(at, name, 0o700);
    } catch (error) {
      if (systemCodeOf(error) !== "EEXIST") throw error;
    }
  }

  private touch({ path, entry, row }: ActionOf<"touch">): void {
    const { at, name } = this.live(path);
    if (entry.kind !== "d" && !this.isAsScanned({ at, name }, row)) {
      this.keep(path, "it was edited meanwhile");
      return;
    }
    const hadXattrs = row < 0 || this.input.table.xattrs.has(row);
    if (entry.xattrs === undefined && hadXattrs) writeXattrs(at, name, []);
    this.refuse(path, applyMetadata({ at, name }, entry, this.input));
    this.opened.delete(path);
  }

  /** An edited file comes back beside the one that took its name; what nobody edited goes for good. */
  private release({ path, staged, row }: Grave): void {
    const grave = this.staged(staged as RawPath);
    if (this.isAsScanned(grave, row) && !hasWriter(grave.at, grave.name))
      removeFile(grave.at, grave.name);
    else this.setAside(grave, path);
  }

  /** Something unexpected is kept under another name. */
  private setAside(from: Place, path: RawPath): void {
    const copy = keepBeside(from, path, this.input);
    this.issues.push({
      ...pathFields(path),
      kind: "conflict",
      why: "it was edited meanwhile, or is in no snapshot",
      kept_as: toText(copy),
    });
  }

  private refuse(path: RawPath, refused: readonly string[]): void {
    for (const what of refused)
      this.issues.push({
        ...pathFields(path),
        kind: "degraded",
        why: `the system refused ${what}`,
      });
  }

  private keep(path: RawPath, why: string): void {
    this.issues.push({ ...pathFields(path), kind: "kept", why });
  }

  /** Renaming it has set its ctime; what else shows an edit is looked at. */
  private isAsScanned({ at, name }: Place, row: number): boolean {
    const { table } = this.input;
    if (table.has(row, FLAG.unstable)) return false;
    return statAt(at, name, this.stat) && table.isSameFile(row, this.stat);
  }

  /** Before it is renamed ctime tells of attributes, too; but not of a file with other names, which we may have moved. */
  private isUntouched(live: Place, row: number): boolean {
    const { table } = this.input;
    if (table.has(row, FLAG.linked)) return this.isAsScanned(live, row);
    return statAt(live.at, live.name, this.stat) && table.matches(row, this.stat);
  }

  private makeWritable(folder: RawPath): boolean {
    statFd(this.input.cursor.open(folder), this.stat);
    const mode = this.stat.mode & 0o7777;
    if ((mode & 0o300) === 0o300) return false;
    this.setFolderMode(folder, mode | 0o700);
    this.opened.set(folder, mode);
    return true;
  }

  private setFolderMode(folder: RawPath, mode: number): void {
    setMode(this.input.cursor.open(folder), "." as RawPath, mode);
  }

  private staged(name: RawPath): Place {
    return { at: this.input.staging, name };
  }

  private live(path: RawPath): Place {
    const { folder, name } = splitPath(path);
    return { at: this.input.cursor.open(folder), name };
  }
}
