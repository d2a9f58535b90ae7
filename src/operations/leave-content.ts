import type { CaptureInput, Engine } from "../engines/engine.ts";
import { folderEngines } from "../engines/engine-names.ts";
import type { ObjectId } from "../model/entry.ts";
import { JvsError } from "../model/errors.ts";
import type { RawPath } from "../model/raw-path.ts";
import type { Descriptor, SnapshotId } from "../model/snapshot.ts";
import { markPending, unmarkPending } from "../repo/payloads.ts";
import type { Repo } from "../repo/repo.ts";
import { standInOf } from "../tree/stand-in.ts";

/** Whether content that changed is left unread: `where-possible`, or else fail (`always`). */
export type HashLater = "always" | "where-possible";

/** @throws E_ENGINE_UNUSABLE where all content is read as it is stored, and it must be left */
export function leavesContent(
  { name, keepsFolders }: Engine,
  hashLater: HashLater | undefined,
): boolean {
  if (keepsFolders || hashLater !== "always") return keepsFolders && hashLater !== undefined;
  throw new JvsError(`Cannot hash later: the engine "${name}" has to read what it stores`, {
    code: "E_ENGINE_UNUSABLE",
    hint: `Engines that keep folders can: ${folderEngines().join(", ")} (JVS_SNAPSHOT_ENGINE); a snapshot of some paths cannot`,
    details: { engine: name },
  });
}

/** The content of one snapshot under way that is left unread. */
export class UnreadContent {
  private readonly repo: Repo;
  private readonly id: SnapshotId;
  private readonly isLater: boolean;
  private count = 0;

  constructor(repo: Repo, { id, isLater }: { id: SnapshotId; isLater: boolean }) {
    this.repo = repo;
    this.id = id;
    this.isLater = isLater;
  }

  /** What an engine is told. The mark comes first: what syncs the copy makes it durable, too. */
  begin(): Pick<CaptureInput, "standIn"> {
    if (!this.isLater) return {};
    markPending(this.repo, this.id);
    return { standIn: (path) => this.standIn(path) };
  }

  get state(): Descriptor["integrity_state"] {
    return this.count > 0 ? "pending" : "verified";
  }

  /** Takes the mark back where nothing had to be left. */
  settle(): void {
    if (this.isLater && this.count === 0) unmarkPending(this.repo, this.id);
  }

  private standIn(path: RawPath): ObjectId {
    this.count++;
    return standInOf(this.id, path);
  }
}
