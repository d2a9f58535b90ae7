import { JvsError } from "../../../model/errors.ts";
import type { GcPlan, GcResult } from "../../../model/gc-reports.ts";
import { type Command, defineCommand, type VerbEntry } from "../../command.ts";
import { renderPlan, renderResult, warningsOf } from "../../render/gc.ts";
import { UsageError } from "../../usage-error.ts";

type Done = { readonly plan: GcPlan } | { readonly result: GcResult };

/** `jvs gc --dry-run` and `jvs gc --now`. */
export const gcCommand: Command = defineCommand({
  usage: "",
  about: `Snapshots that no rule keeps are removed in two steps: "jvs gc plan" says which and why, "jvs gc
run" does it if nothing has changed meanwhile. --now does both at once.`,
  words: { min: 0, max: 0, ignoresExtra: true },
  flags: {
    "dry-run": { type: "boolean", about: "Show the plan and keep nothing of it" },
    now: { type: "boolean", about: "Make a plan and carry it out at once" },
  },
  examples: [
    { command: "jvs gc --dry-run", does: "what would go, and why" },
    { command: "jvs gc --now", does: "remove it" },
  ],

  async run({ flags }, ctx): Promise<Done> {
    if (flags.now && flags["dry-run"])
      throw new UsageError("--now and --dry-run exclude each other");
    if (flags.now) {
      const { collectNow } = await import("../../../operations/gc/run-garbage.ts");
      return { result: await collectNow(ctx) };
    }
    if (!flags["dry-run"]) throw new UsageError("jvs gc needs a word or a flag", "Run jvs help gc");
    const { planGarbage } = await import("../../../operations/gc/plan-garbage.ts");
    return { plan: await planGarbage(ctx, { dryRun: true }) };
  },

  render: (done) =>
    "plan" in done ? renderPlan(done.plan, { run: false }) : renderResult(done.result),
  toJson: (done) => ("plan" in done ? done.plan : done.result),
  review: (done) => ({ warning: "plan" in done ? "" : warningsOf(done.result), partial: false }),
});

const planCommand: Command = defineCommand({
  usage: "",
  about: `Looks at every snapshot and says which ones no rule keeps. Kept always are what a worktree
stands on, its latest and what it was forked from, pins, labels, tags, safety snapshots of
the last 7 days, and what undo needs. Then come the rules of the settings ("jvs config set
retention.keep_last 100"). With no rules the whole history is kept.`,
  words: { min: 0, max: 0, ignoresExtra: true },
  flags: { reasons: { type: "boolean", about: "Also say why each snapshot is kept" } },
  examples: [
    { command: "jvs gc plan", does: "make a plan and see what it would free" },
    { command: "jvs gc plan --json | jq -r .plan_id", does: "its id, for a script" },
  ],

  async run(_args, ctx) {
    const { planGarbage } = await import("../../../operations/gc/plan-garbage.ts");
    return planGarbage(ctx, { dryRun: false });
  },

  render(plan, _look, { flags: { reasons } }) {
    const text = renderPlan(plan, { run: true });
    if (!reasons) return text;
    const kept = plan.reasons.filter(({ keep }) => keep);
    const lines = kept.map(({ snapshot, reason }) => `  ${snapshot.slice(14)}  ${reason}`);
    return [text, "", "Kept:", ...lines].join("\n");
  },
  review: ({ damaged_packs: damaged }) => ({
    warning: warningsOf({ warnings: damaged.map((path) => `"${path}" is damaged and stays`) }),
    partial: false,
  }),
});

const runCommand: Command = defineCommand({
  usage: "--plan-id <id>",
  about: `Removes the snapshots of a plan, then the content that nothing needs any more. If one of them is
needed by now, nothing is removed. It may be stopped at any time and run again.`,
  words: { min: 0, max: 0, ignoresExtra: true },
  flags: { "plan-id": { type: "string", value: "id", about: 'What "jvs gc plan" printed' } },
  examples: [
    {
      command: "jvs gc run --plan-id 0b5f4c1e-7a43-4a1c-9a4e-2f1d8c0e6b11",
      does: "carry a plan out",
    },
    { command: "jvs gc --now", does: "plan and run in one" },
  ],

  async run({ flags: { "plan-id": planId = "" } }, ctx) {
    if (planId === "")
      throw new JvsError("--plan-id is required", {
        code: "E_USAGE",
        hint: "`jvs gc plan` makes a plan",
      });
    const { runGarbage } = await import("../../../operations/gc/run-garbage.ts");
    return runGarbage(ctx, planId);
  },

  render: renderResult,
  review: (result) => ({ warning: warningsOf(result), partial: false }),
});

/** What may follow `jvs gc`. */
export const gcVerbs: readonly VerbEntry[] = [
  {
    name: "plan",
    aliases: [],
    summary: "Say what would be removed, and why",
    load: async () => planCommand,
  },
  { name: "run", aliases: [], summary: "Carry out a plan", load: async () => runCommand },
];
