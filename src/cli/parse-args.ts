import { cutWords, type OptionToken } from "./cut-words.ts";
import {
  type FlagSpec,
  type Flags,
  type FlagValues,
  GLOBAL_FLAGS,
  type GlobalFlags,
} from "./flags.ts";
import { suggest } from "./suggest.ts";
import { UsageError } from "./usage-error.ts";

/** The words after a command, understood. */
export interface Args<F extends Flags = Flags> {
  readonly flags: FlagValues<F>;
  readonly globals: GlobalFlags;
  readonly positionals: readonly string[];
  /** What stood behind `--`. */
  readonly rest: readonly string[];
}

type Value = boolean | number | string | string[] | undefined;

/** Splits `words` into flags and positionals. */
export function parseWords<F extends Flags>(words: readonly string[], flags: F): Args<F> {
  const known: Flags = { ...flags, ...GLOBAL_FLAGS };
  const values: Record<string, Value> = startValues(known);
  const positionals: string[] = [];
  const rest: string[] = [];
  let into = positionals;
  for (const token of cutWords(words, known)) {
    if (token.kind === "option-terminator") into = rest;
    else if (token.kind === "positional") into.push(token.value);
    else takeFlag(token, { known, values, word: words[token.index] ?? "" });
  }
  return {
    flags: values as FlagValues<F>,
    globals: values as unknown as GlobalFlags,
    positionals,
    rest,
  };
}

/** Whether the words ask for JSON: known before they are parsed, for failures of the parsing itself. */
export function asksForJson(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  const asked = (end < 0 ? words : words.slice(0, end)).filter((word) => /^--json(=|$)/.test(word));
  return asked.length > 0 && parseBoolean(asked.at(-1)?.slice("--json=".length) || "true") === true;
}

function startValues(known: Flags): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(known).map(([name, { type, multiple }]) => [
      name,
      multiple ? [] : type === "boolean" ? false : undefined,
    ]),
  );
}

interface Place {
  readonly known: Flags;
  readonly values: Record<string, Value>;
  /** The word the flag stood in. */
  readonly word: string;
}

function takeFlag(token: OptionToken, { known, values, word }: Place): void {
  const spec = Object.hasOwn(known, token.name) ? known[token.name] : undefined;
  if (spec === undefined) throw unknownFlag(token, word, known);
  const value = readValue(token, spec, word);
  const list = values[token.name];
  if (Array.isArray(list)) list.push(String(value));
  else values[token.name] = value;
}

function readValue(token: OptionToken, spec: FlagSpec, word: string): boolean | number | string {
  if (spec.type === "boolean") return readBoolean(token, spec);
  const isShort = !token.rawName.startsWith("--");
  if (token.value === undefined) {
    const which = isShort ? `'${spec.short}' in ${word}` : token.rawName;
    throw new UsageError(`flag needs an argument: ${which}`);
  }
  // `-n=5` reads like `-n5`.
  const text = isShort && token.inlineValue ? token.value.replace(/^=/, "") : token.value;
  return spec.type === "number" ? readNumber(text, token, spec) : readChoice(text, token, spec);
}

function readNumber(text: string, { name }: OptionToken, spec: FlagSpec): number {
  if (/^[-+]?\d{1,9}$/.test(text)) return Number(text);
  throw badValue(text, name, { spec, wanted: "a whole number" });
}

function readChoice(text: string, { name }: OptionToken, spec: FlagSpec): string {
  if (spec.choices === undefined || spec.choices.includes(text)) return text;
  throw badValue(text, name, { spec, wanted: `one of ${spec.choices.join(", ")}` });
}

function readBoolean(token: OptionToken, spec: FlagSpec): boolean {
  const value = token.value === undefined ? true : parseBoolean(token.value);
  if (value !== undefined) return value;
  throw badValue(token.value ?? "", token.name, { spec, wanted: "true or false" });
}

function parseBoolean(text: string): boolean | undefined {
  if (/^(1|t|true)$/i.test(text)) return true;
  return /^(0|f|false)$/i.test(text) ? false : undefined;
}

function badValue(
  value: string,
  name: string,
  { spec, wanted }: { spec: FlagSpec; wanted: string },
): UsageError {
  const flag = spec.short === undefined ? `--${name}` : `-${spec.short}, --${name}`;
  return new UsageError(`invalid argument "${value}" for "${flag}" flag: must be ${wanted}`);
}

function unknownFlag(token: OptionToken, word: string, known: Flags): UsageError {
  if (!token.rawName.startsWith("--"))
    return new UsageError(`unknown shorthand flag: '${token.name}' in ${word}`);
  const [close] = suggest(token.name, Object.keys(known));
  const hint = close === undefined ? "" : `Did you mean --${close}?`;
  return new UsageError(`unknown flag: ${token.rawName}`, hint);
}
