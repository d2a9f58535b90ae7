import { JvsError } from "../model/errors.ts";
import { type Descriptor, shortId } from "../model/snapshot.ts";
import { checkName } from "../repo/names.ts";

export interface ForkWorktreeOptions {
  /** The words as typed: `[ref] [name]`. */
  readonly words: readonly string[];
  readonly from?: string;
  readonly name?: string;
  readonly path?: string;
}

/** What the words of a fork mean; a part that they leave out is chosen. */
export interface Reading {
  readonly content?: Descriptor;
  readonly name?: string;
  /** In words: how a single word was understood. */
  note?(content: Descriptor, name: string): string;
}

/**
 * Understands the words: a snapshot and a name, or a single one of them. What is no snapshot, or fits
 * several, is a name.
 *
 * @throws E_USAGE for words and flags that say the same; E_NAME_INVALID for a single word that is no
 *   snapshot and no name; what `resolve` throws
 */
export function readForkWords(
  { words, from, name }: ForkWorktreeOptions,
  resolve: (ref: string) => Descriptor,
): Reading {
  const free = [from === undefined, name === undefined].filter(Boolean).length;
  if (words.length > free) throw saidTwice();
  const [first, second] = words;
  const given = {
    ...(from === undefined ? {} : { content: resolve(from) }),
    ...(name === undefined ? {} : { name }),
  };
  if (first === undefined) return given;
  if (second !== undefined) return { content: resolve(first), name: second };
  if (from !== undefined) return { ...given, name: first };
  if (name !== undefined) return { ...given, content: resolve(first) };
  return readSingle(first, resolve);
}

function readSingle(word: string, resolve: (ref: string) => Descriptor): Reading {
  try {
    const content = resolve(word);
    const note = ({ snapshot_id: id }: Descriptor, name: string): string =>
      `"${word}" is snapshot ${shortId(id)}; the fork got the name ${name} (--name says another)`;
    return { content, note };
  } catch (error) {
    if (!(error instanceof JvsError) || !/^E_(NOT_FOUND|AMBIGUOUS)$/.test(error.code)) throw error;
    // Nobody means a name by it.
    if (/^(HEAD|@)?(@\{|[~^])/.test(word)) throw error;
    const what = error.code === "E_AMBIGUOUS" ? "fits several snapshots" : "is no snapshot";
    const note = ({ snapshot_id: id }: Descriptor): string =>
      `"${word}" ${what}: it is the name of the fork, from HEAD (${shortId(id)})`;
    return { name: checkForkName(word, error), note };
  }
}

/** A word that is no name, either, is refused as one, with a hint that it is no snapshot. */
function checkForkName(word: string, unresolved: JvsError): string {
  try {
    return checkName("worktree", word);
  } catch (error) {
    if (!(error instanceof JvsError)) throw error;
    const { message, code, details, hint } = error;
    throw new JvsError(message, {
      code,
      details,
      hint: `${hint}\n${unresolved.message}`,
      cause: error,
    });
  }
}

function saidTwice(): JvsError {
  return new JvsError("Cannot tell what to fork: a word and a flag say the same", {
    code: "E_USAGE",
    hint: "Give the snapshot as first word or with --from, the name as last word or with --name",
  });
}
