import type { Flags } from "./flags.ts";

/** A piece of a command line; `index` says which word it comes from. */
export type Token =
  | { readonly kind: "option-terminator" }
  | { readonly kind: "positional"; readonly value: string }
  | OptionToken;

export interface OptionToken {
  readonly kind: "option";
  /** Of the flag; what was typed where there is no such flag. */
  readonly name: string;
  /** As typed: `--name` or `-n`. */
  readonly rawName: string;
  readonly index: number;
  readonly value: string | undefined;
  /** It stands in the same word. */
  readonly inlineValue: boolean | undefined;
}

/**
 * Cuts words into flags with their values and positionals, as `parseArgs` of `node:util` does where
 * it is not strict; that one takes longer to load than all the rest of a short command.
 */
export function cutWords(words: readonly string[], known: Flags): Token[] {
  const tokens: Token[] = [];
  const cutter = new Cutter(words, known);
  for (let word = cutter.next(); word !== undefined; word = cutter.next()) {
    if (word === "--") return [...tokens, { kind: "option-terminator" }, ...cutter.rest()];
    if (word.startsWith("--")) tokens.push(cutter.long(word));
    else if (word.startsWith("-") && word !== "-") tokens.push(...cutter.short(word));
    else tokens.push({ kind: "positional", value: word });
  }
  return tokens;
}

class Cutter {
  private at = -1;
  private readonly words: readonly string[];
  private readonly known: Flags;

  constructor(words: readonly string[], known: Flags) {
    this.words = words;
    this.known = known;
  }

  next(): string | undefined {
    return this.words[++this.at];
  }

  rest(): Token[] {
    return this.words.slice(this.at + 1).map((value) => ({ kind: "positional", value }));
  }

  /** `--name`, `--name value`, `--name=value` */
  long(word: string): OptionToken {
    const equals = word.indexOf("=", 3);
    if (equals < 0) return this.option(word.slice(2), word);
    const rawName = word.slice(0, equals);
    return this.option(rawName.slice(2), rawName, word.slice(equals + 1));
  }

  /** `-n`, `-n value`, `-nvalue`, and several switches in one word, of which the last may have a value. */
  short(word: string): OptionToken[] {
    const options: OptionToken[] = [];
    for (let at = 1; at < word.length; at++) {
      const rawName = `-${word[at]}`;
      const name = this.nameOf(word[at] as string);
      const more = word.slice(at + 1);
      if (more !== "" && this.wantsValue(name))
        return [...options, this.option(name, rawName, more)];
      options.push(this.option(name, rawName));
    }
    return options;
  }

  private option(name: string, rawName: string, inline?: string): OptionToken {
    const { at: index } = this;
    if (inline !== undefined)
      return { kind: "option", name, rawName, index, value: inline, inlineValue: true };
    const value = this.wantsValue(name) ? this.next() : undefined;
    const inlineValue = value === undefined ? undefined : false;
    return { kind: "option", name, rawName, index, value, inlineValue };
  }

  private wantsValue(name: string): boolean {
    return Object.hasOwn(this.known, name) && this.known[name]?.type !== "boolean";
  }

  private nameOf(short: string): string {
    return Object.keys(this.known).find((name) => this.known[name]?.short === short) ?? short;
  }
}
