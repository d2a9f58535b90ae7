/** One `--flag` of a command. */
export interface FlagSpec {
  /** `number` is a whole number, also below zero. */
  readonly type: "boolean" | "string" | "number";
  readonly short?: string;
  /** May be given several times; the values come as a list. */
  readonly multiple?: boolean;
  /** What the value is called in help. */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** One line for help. */
  readonly about: string;
}

export type Flags = Readonly<Record<string, FlagSpec>>;

/** What a flag is once parsed: switches are false and lists empty when not given. */
export type FlagValue<S extends FlagSpec> = S extends { type: "boolean" }
  ? boolean
  : S extends { multiple: true }
    ? readonly string[]
    : (S extends { type: "number" } ? number : string) | undefined;

export type FlagValues<F extends Flags> = { readonly [Name in keyof F]: FlagValue<F[Name]> };

/** What every command may be told, at any place. */
export interface GlobalFlags {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly "no-progress": boolean;
  readonly "no-color": boolean;
  readonly debug: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

export const GLOBAL_FLAGS: Readonly<Record<keyof GlobalFlags, FlagSpec>> = {
  json: { type: "boolean", about: "Print one JSON value on stdout, also when the command fails" },
  quiet: {
    type: "boolean",
    short: "q",
    about: "Only results and failures: no progress, warnings, hints",
  },
  "no-progress": { type: "boolean", about: "Show no progress" },
  "no-color": { type: "boolean", about: "Print plain text (so does NO_COLOR)" },
  debug: { type: "boolean", about: "Show where a failure comes from" },
  help: { type: "boolean", short: "h", about: "Show how the command is used" },
  version: { type: "boolean", about: "Print the version of jvs" },
};
