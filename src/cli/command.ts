import type { Context } from "../operations/context.ts";
import type { Flags } from "./flags.ts";
import type { Io, Look } from "./io.ts";
import { type Args, parseWords } from "./parse-args.ts";
import { emptyPath, UsageError } from "./usage-error.ts";

export interface Example {
  readonly command: string;
  readonly does: string;
}

/** How many words a command takes beside its flags. */
export interface WordCount {
  readonly min: number;
  readonly max: number;
  /** Too many are no mistake, only warned about: scripts for the older jvs pass them. */
  readonly ignoresExtra?: boolean;
}

/** What a person must hear about a result, beside the result. */
export interface Review {
  /** For stderr, "" for nothing. */
  readonly warning: string;
  /** Something was left undone: exit status 3. */
  readonly partial: boolean;
  /** Damage was found, and the result tells of it: exit status 12. */
  readonly damage?: boolean;
}

/** What the author of a command writes. */
export interface CommandSpec<F extends Flags, R> {
  /** What follows the name: `[from [to]] [-- paths]`. */
  readonly usage: string;
  /** A paragraph or two for `--help`. */
  readonly about: string;
  readonly words: WordCount;
  /** Takes paths behind `--`; other commands count those as ordinary words. */
  readonly takesPaths?: boolean;
  readonly flags: F;
  readonly examples: readonly Example[];
  run(args: Args<F>, ctx: Context, io: Io): Promise<R>;
  /**
   * The result in words, without the last newline; or line by line, where there may be many; or bytes
   * that go out as they are.
   */
  render(result: R, look: Look, args: Args<F>): string | Iterable<string | Uint8Array>;
  /** The words are for programs or hold somebody's text: no control character in them is touched. */
  readonly isRaw?: boolean;
  /** What `--json` prints, see jsonPieces; the result itself, when left out. */
  toJson?(result: R): unknown;
  review?(result: R): Review;
}

/** What came of a command. `render` and `toJson` are called at most once, and only one of them. */
export interface Outcome {
  render(look: Look): string | Iterable<string | Uint8Array>;
  toJson(): unknown;
  readonly review: Review;
  readonly isRaw: boolean;
}

/** One word after `jvs`, its types forgotten. */
export interface Command {
  readonly usage: string;
  readonly about: string;
  readonly flags: Flags;
  readonly examples: readonly Example[];
  parse(words: readonly string[]): ParsedCall;
}

/** A word behind a noun: `create` in `jvs worktree create`. */
export interface VerbEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  /** One imperative line, no full stop. */
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** A command whose words are understood and that is ready to run. */
export interface ParsedCall {
  readonly args: Args;
  /** Surplus words that the command does not look at. */
  readonly extra: readonly string[];
  run(ctx: Context, io: Io): Promise<Outcome>;
}

const NOTHING_TO_SAY: Review = { warning: "", partial: false };

/** Turns a spec, whose types differ per command, into a {@link Command}, whose type does not. */
export function defineCommand<const F extends Flags, R>(spec: CommandSpec<F, R>): Command {
  const { usage, about, flags, examples } = spec;
  return { usage, about, flags, examples, parse: (words) => parseCall(spec, words) };
}

function parseCall<F extends Flags, R>(
  spec: CommandSpec<F, R>,
  words: readonly string[],
): ParsedCall {
  const parsed = parseWords(words, spec.flags);
  if (spec.takesPaths && parsed.rest.includes("")) throw emptyPath();
  const args = spec.takesPaths
    ? parsed
    : { ...parsed, positionals: [...parsed.positionals, ...parsed.rest], rest: [] };
  return {
    args: args as Args,
    extra: spec.words.ignoresExtra ? args.positionals.slice(spec.words.max) : [],
    async run(ctx, io) {
      checkWordCount(args.positionals.length, spec.words);
      const result = await spec.run(args, ctx, io);
      return {
        render: (look) => spec.render(result, look, args),
        toJson: () => (spec.toJson ? spec.toJson(result) : result),
        review: spec.review?.(result) ?? NOTHING_TO_SAY,
        isRaw: spec.isRaw ?? false,
      };
    },
  };
}

function checkWordCount(count: number, { min, max, ignoresExtra }: WordCount): void {
  if (count >= min && (count <= max || ignoresExtra)) return;
  throw new UsageError(`${describeCount(min, max)} arg(s), received ${count}`);
}

function describeCount(min: number, max: number): string {
  if (min === max) return `accepts ${min}`;
  if (max === Number.POSITIVE_INFINITY) return `accepts at least ${min}`;
  return min === 0 ? `accepts at most ${max}` : `accepts between ${min} and ${max}`;
}
