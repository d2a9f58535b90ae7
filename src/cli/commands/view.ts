import type { ViewsClosed } from "../../model/reports.ts";
import { closeViews, listOpenViews, openView } from "../../operations/view-snapshot.ts";
import { type Command, defineCommand } from "../command.ts";
import { UsageError } from "../usage-error.ts";

type OpenView = Awaited<ReturnType<typeof openView>>;
type Done =
  | { readonly view: OpenView }
  | { readonly views: readonly OpenView[] }
  | { readonly closed: ViewsClosed };

/** `jvs view`. */
export const viewCommand: Command = defineCommand({
  usage: "[ref]",
  about: `Prints the path of a folder that holds a snapshot and that nobody can write through, and nothing
else. Where snapshots are kept as folders it is the folder itself and costs nothing; elsewhere one is
made, whose files share their blocks with the store where the file system can do that. It stays,
and gc keeps the snapshot, until the view is closed.`,
  words: { min: 0, max: 1 },
  flags: {
    close: { type: "boolean", about: "Close the view of a snapshot; without a ref: all of them" },
    list: { type: "boolean", about: "List the views that are open" },
  },
  examples: [
    { command: 'diff -r "$(jvs view HEAD~1)" .', does: "let another program read a snapshot" },
    { command: "jvs view --close", does: "close all views" },
  ],

  async run({ positionals: [ref], flags: { close, list } }, ctx): Promise<Done> {
    if (close && list) throw new UsageError("--close and --list exclude each other");
    if (list && ref !== undefined) throw new UsageError("--list takes no snapshot");
    if (list) return { views: await listOpenViews(ctx) };
    if (close) return { closed: await closeViews(ctx, ref) };
    if (ref === undefined) throw new UsageError("jvs view needs a snapshot", "jvs view HEAD");
    return { view: await openView(ctx, ref) };
  },

  isRaw: true,
  render(done) {
    if ("view" in done) return done.view.path;
    if ("views" in done) return done.views.map(({ id, path }) => `${id}  ${path}`).join("\n");
    const { length } = done.closed.closed;
    return `Closed ${length} ${length === 1 ? "view" : "views"}`;
  },

  toJson(done) {
    if ("closed" in done) return done.closed;
    return "view" in done ? toObject(done.view) : done.views.map(toObject);
  },
});

function toObject({ id, path, kind }: OpenView): object {
  return { snapshot_id: id, path, kind };
}
