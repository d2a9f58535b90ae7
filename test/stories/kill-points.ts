/** A snapshot killed here never was. */
export const BEFORE_SNAPSHOT: readonly string[] = [
  "step-2",
  "step-3",
  "step-4",
  "step-5",
  "captured",
  "sealed",
  "step-8",
  "step-9",
  "step-10",
  "before-publish",
];
/** A snapshot killed here is there, and the next command does the rest. */
export const AFTER_SNAPSHOT: readonly string[] = [
  "after-publish",
  "step-11",
  "after-head",
  "log-appended",
  "after-log",
  "step-12",
  "after-intent",
];

/** A restore killed here (unsaved work is being saved, or the plan is not written down) has not begun. */
export const BEFORE_RESTORE: readonly string[] = [
  "step-2",
  "step-5",
  "step-10",
  "after-publish",
  "step-12",
  "after-intent",
  "restore-intent",
];
/** A restore killed here has its plan written down: the next command goes on with it. */
export const AFTER_RESTORE: readonly string[] = [
  "staged",
  "applying",
  "applying:2",
  "applying:4",
  "applying:7",
  "applied",
  "after-head",
  "log-appended",
  "after-log",
  "restore-finished",
  "after-intent:2",
];

/** Where many small packs become one. */
export const PACKS: readonly string[] = ["packs-merging", "packs-merged"];
