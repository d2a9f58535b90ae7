import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { hasDescriptor } from "./descriptors.ts";
import { type Intent, listIntents, removeIntent } from "./intents.ts";
import {
  appendOperation,
  hasOperation,
  type NewOperation,
  readOperationsBackwards,
} from "./operation-log.ts";
import {
  ACTOR,
  idAt,
  makeScratchRepo,
  NOW,
  sampleDescriptor,
  startProcess,
} from "./scratch-repo.suite.ts";
import { moveHead, readWorktree } from "./worktrees.ts";

const ID = idAt(1);
const MOVE = { expected: undefined, head: ID, latest: ID };
const OPERATION: NewOperation = {
  operation: "snapshot",
  actor: ACTOR,
  target: ID,
  reason: "",
  refs: {},
  now: NOW,
  event_id: ID,
};

/** The last steps of a snapshot, for a process of its own that dies at `point`. */
function lastSteps(root: string, point: string): string {
  const here = (file: string): string =>
    JSON.stringify(fileURLToPath(new URL(file, import.meta.url)));
  return `
    import { armFailPoint } from ${here("../model/fail-point.ts")};
    import { publishDescriptor, sealDescriptor, writeDescriptorDraft } from ${here("./descriptors.ts")};
    import { openDraft } from ${here("./drafts.ts")};
    import { removeIntent, writeIntent } from ${here("./intents.ts")};
    import { appendOperation } from ${here("./operation-log.ts")};
    import { moveHead } from ${here("./worktrees.ts")};
    armFailPoint(${JSON.stringify(point)});
    const repo = room.findRepo(${JSON.stringify(root)});
    const id = ${JSON.stringify(ID)};
    const intent = { id, kind: "snapshot", worktree: "main", started_at: "", pid: 1, data: null };
    writeIntent(repo, intent);
    const draft = openDraft(repo, { id, worktree: "main" });
    writeDescriptorDraft(draft, sealDescriptor(${JSON.stringify(sampleDescriptor(ID))}));
    publishDescriptor(repo, draft, id);
    moveHead(repo, "main", { head: id, latest: id });
    appendOperation(repo, { ...${JSON.stringify(OPERATION)}, now: new Date() });
    removeIntent(repo, intent);`;
}

test.each([
  ["before-publish", { published: false, moved: false, logged: false, intended: true }],
  ["after-publish", { published: true, moved: false, logged: false, intended: true }],
  ["after-head", { published: true, moved: true, logged: false, intended: true }],
  ["after-log", { published: true, moved: true, logged: true, intended: true }],
  ["after-intent", { published: true, moved: true, logged: true, intended: false }],
])(
  "killed at %s, the steps before it are done, and all may be done again",
  async (point, state) => {
    using box = makeScratchRepo();
    const { repo } = box;
    const child = startProcess("./repo.ts", lastSteps(box.root, point));
    await child.exited;

    expect(child.signalCode).toBe("SIGKILL");
    expect({
      published: hasDescriptor(repo, ID),
      moved: readWorktree(repo, "main").head_snapshot_id === ID,
      logged: hasOperation(repo, ID),
      intended: listIntents(repo).length === 1,
    }).toEqual(state);

    for (let time = 0; time < 2; time++) {
      moveHead(repo, "main", MOVE);
      appendOperation(repo, OPERATION);
      removeIntent(repo, { id: ID, kind: "snapshot", worktree: "main" } satisfies Partial<Intent>);
    }
    expect(readWorktree(repo, "main")).toMatchObject({
      head_snapshot_id: ID,
      latest_snapshot_id: ID,
    });
    expect([...readOperationsBackwards(repo)]).toHaveLength(1);
    expect(listIntents(repo)).toEqual([]);
  },
);
