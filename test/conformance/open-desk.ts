import { makeSandbox, type Ran, type Sandbox } from "../sandbox.ts";
import { makeSteady, type Steady } from "./steady-text.ts";

/** What a command did, made steady. */
export interface Answer {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** A workspace `main` in a project `novel`, as users of jvs know it. */
export interface Desk extends AsyncDisposable {
  readonly box: Sandbox;
  readonly steady: Steady;
  /** Runs jvs in the workspace. */
  jvs(...argv: string[]): Promise<Answer>;
  /** The same anywhere. */
  at(folder: string, ...argv: string[]): Promise<Answer>;
  /** Writes into the workspace. */
  write(files: Readonly<Record<string, string>>): void;
  /** Takes a snapshot; gives its id. */
  save(...argv: string[]): Promise<string>;
}

export const MAIN = "novel/main";

export async function openDesk(): Promise<Desk> {
  const box = makeSandbox();
  const steady = makeSteady(box);
  const at = async (folder: string, ...argv: string[]): Promise<Answer> =>
    answer(await box.jvs(folder, ...argv), steady);
  await box.ok("", "init", "novel");
  return {
    box,
    steady,
    at,
    jvs: (...argv) => at(MAIN, ...argv),
    write(files) {
      const named = Object.entries(files).map(([name, text]) => [`${MAIN}/${name}`, text] as const);
      box.write(Object.fromEntries(named));
    },
    async save(...argv) {
      const { snapshot_id: id } = await box.json<{ snapshot_id: string }>(
        MAIN,
        "snapshot",
        ...argv,
      );
      steady(id);
      return id;
    },
    [Symbol.asyncDispose]: () => box[Symbol.asyncDispose](),
  };
}

function answer({ exit, out, err }: Ran, steady: Steady): Answer {
  return { exit, out: steady(out), err: steady(err) };
}

/** What a command that succeeds in silence on stderr answers. */
export function done(...lines: string[]): Answer {
  return { exit: 0, out: lines.map((line) => `${line}\n`).join(""), err: "" };
}

/** The keys of a JSON object, in their order. */
export function keysOf(out: string): string[] {
  const value: unknown = JSON.parse(out);
  return Object.keys((Array.isArray(value) ? value[0] : value) as object);
}
