import type { Ignore, TestResult } from "ignore";
import { JvsError } from "../model/errors.ts";
import { decodeExact, type RawPath, toText } from "../model/raw-path.ts";

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

/**
 * Rules from one file. Their lines are made into patterns when they are first needed: then `ignores`
 * throws E_CONFIG where one cannot be. `import("ignore")` costs start-up, so it happens
 * here, not above.
 */
export async function parseIgnoreRules(folder: RawPath, text: string): Promise<IgnoreRules> {
  const { default: makeIgnore } = await import("ignore");
  // `ignore` has no bytes: a name that is no UTF-8 is matched as if it were Latin-1.
  const layers = (rules: readonly Layer[]): IgnoreRules => ({
    ignores: (path, isFolder) => decide(rules, path, isFolder),
    within: (below, more) => layers([...rules, layer(below, more)]),
  });
  const layer = (at: RawPath, lines: string): Layer => ({
    prefix: at === "" ? "" : `${at}/`,
    rules: parse(lines),
    // Only once it is known that there is one.
    faultyLine: (path) => lines.split(/\r?\n/).findIndex((line) => !canTest(parse(line), path)) + 1,
  });
  const parse = (lines: string): Ignore => makeIgnore({ allowRelativePaths: true }).add(lines);
  return layers([layer(folder, text)]);
}

interface Layer {
  readonly prefix: string;
  readonly rules: Ignore;
  /** The number of the first line that is no pattern, 0 where there is none. */
  faultyLine(path: string): number;
}

function decide(layers: readonly Layer[], path: RawPath, isFolder: boolean): boolean {
  let ignored = false;
  for (const layer of layers) {
    const relative = path.slice(layer.prefix.length) as RawPath;
    const verdict = test(layer, (decodeExact(relative) ?? relative) + (isFolder ? "/" : ""));
    if (verdict.ignored) ignored = true;
    else if (verdict.unignored) ignored = false;
  }
  return ignored;
}

function test(layer: Layer, path: string): TestResult {
  try {
    return layer.rules.test(path);
  } catch (error) {
    const line = layer.faultyLine(path);
    if (line === 0) throw error;
    const file = toText((layer.prefix + IGNORE_FILE) as RawPath);
    throw new JvsError(`Cannot understand "${file}": line ${line} is too long, or too intricate`, {
      code: "E_CONFIG",
      hint: "Take the line out, or write it as several shorter ones",
      details: { path: file, line },
      cause: error,
    });
  }
}

function canTest(rules: Ignore, path: string): boolean {
  try {
    rules.test(path);
    return true;
  } catch {
    return false;
  }
}
