import type { Entry } from "../../model/entry.ts";
import { NumberList } from "../../model/number-list.ts";
import { type RawPath, toText } from "../../model/raw-path.ts";
import type { RestoreIssue } from "../../model/reports.ts";
import { splitPath } from "../split-path.ts";
import type { Action } from "./action.ts";
import type { PlannedActions } from "./planned-actions.ts";

/** What a plan placed, as it should be now, by its path; but for what the system refused a part of. */
export class PlacedFiles {
  /** How many there are. */
  readonly count: number;
  private readonly actions: PlannedActions;
  private readonly troubled: ReadonlySet<string>;
  /** Numbers of actions, by folder. */
  private readonly folders = new Map<RawPath, NumberList>();
  /** Those of the folder that was asked about last, by name. */
  private names: ReadonlyMap<RawPath, number> = new Map();
  private folder: RawPath | undefined;

  constructor(actions: PlannedActions, issues: readonly RestoreIssue[]) {
    this.actions = actions;
    this.troubled = new Set(issues.map(({ path }) => path));
    let [count, index] = [0, -1];
    for (const action of actions) {
      index++;
      if (!this.isPlaced(action)) continue;
      this.listOf(splitPath(action.path).folder).push(index);
      count++;
    }
    this.count = count;
  }

  /** Whether the action placed something without trouble. */
  isPlaced(action: Action): action is Action & { readonly kind: "place" } {
    if (action.kind !== "place") return false;
    return this.troubled.size === 0 || !this.troubled.has(toText(action.path));
  }

  get(path: RawPath): Entry | undefined {
    const { folder, name } = splitPath(path);
    if (folder !== this.folder) this.enter(folder);
    const index = this.names.get(name);
    if (index === undefined) return undefined;
    const action = this.actions.at(index);
    return action.kind === "place" ? action.entry : undefined;
  }

  private enter(folder: RawPath): void {
    const names = new Map<RawPath, number>();
    const list = this.folders.get(folder);
    for (let at = 0; at < (list?.length ?? 0); at++) {
      const index = (list as NumberList).at(at);
      names.set(splitPath(this.actions.at(index).path).name, index);
    }
    this.names = names;
    this.folder = folder;
  }

  private listOf(folder: RawPath): NumberList {
    const known = this.folders.get(folder);
    if (known !== undefined) return known;
    const list = new NumberList();
    this.folders.set(folder, list);
    return list;
  }
}
