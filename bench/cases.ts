import type { Case } from "./case.ts";
import { changedStatus } from "./cases/changed-status.ts";
import { constantCost } from "./cases/constant-cost.ts";
import { editLarge } from "./cases/edit-large.ts";
import { firstSnapshot } from "./cases/first-snapshot.ts";
import { forkTree } from "./cases/fork-tree.ts";
import { growth } from "./cases/growth.ts";
import { juicefs } from "./cases/juicefs.ts";
import { largeSnapshot } from "./cases/large-snapshot.ts";
import { longHistory } from "./cases/long-history.ts";
import { manyFiles } from "./cases/many-files.ts";
import { nextSnapshot } from "./cases/next-snapshot.ts";
import { restoreChanges } from "./cases/restore-changes.ts";
import { startUp } from "./cases/start-up.ts";
import { verifyLarge } from "./cases/verify-large.ts";
import { watched } from "./cases/watched.ts";

/** Every case, in the order of the goals. */
export const CASES: readonly Case[] = [
  firstSnapshot,
  nextSnapshot,
  watched,
  restoreChanges,
  changedStatus,
  forkTree,
  constantCost,
  largeSnapshot,
  editLarge,
  juicefs,
  growth,
  manyFiles,
  longHistory,
  startUp,
  verifyLarge,
];
