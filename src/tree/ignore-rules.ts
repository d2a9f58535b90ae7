import type { Ignore } from "ignore";
import { decodeExact, type RawPath } from "../model/raw-path.ts";

/** The file with a folder's rules; its patterns follow gitignore(5). */
export const IGNORE_FILE = ".jvsignore";

/**
 * The rules that hold in a folder: its own and those of the folders above. A deeper file has the
 * last word, as in git. Immutable; loaded only where a rule file exists.
 */
export interface IgnoreRules {
  /** `path` from the root, without a slash at its end. */
  ignores(path: RawPath, isFolder: boolean): boolean;
  /** The rules below `folder`, which holds a rule file with `text`. */
  within(folder: RawPath, text: string): IgnoreRules;
}

/** Rules from one file; `import("ignore")` costs start-up, so it happens here, not above. */
export async function parseIgnoreRules(folder: RawPath, text: string): Promise<IgnoreRules> {
  const { default: makeIgnore } = await import("ignore");
  // `ignore` has no bytes: a name that is no UTF-8 is matched as if it were Latin-1.
  const layers = (rules: readonly Layer[]): IgnoreRules => ({
    ignores: (path, isFolder) => decide(rules, path, isFolder),
    within: (below, more) => layers([...rules, layer(below, more)]),
  });
  const layer = (at: RawPath, lines: string): Layer => ({
    prefix: at === "" ? "" : `${at}/`,
    rules: makeIgnore({ allowRelativePaths: true }).add(lines),
  });
  return layers([layer(folder, text)]);
}

interface Layer {
  readonly prefix: string;
  readonly rules: Ignore;
}

function decide(layers: readonly Layer[], path: RawPath, isFolder: boolean): boolean {
  let ignored = false;
  for (const { prefix, rules } of layers) {
    const relative = path.slice(prefix.length) as RawPath;
    const verdict = rules.test((decodeExact(relative) ?? relative) + (isFolder ? "/" : ""));
    if (verdict.ignored) ignored = true;
    else if (verdict.unignored) ignored = false;
  }
  return ignored;
}
