import type { RawPath } from "../model/raw-path.ts";
import { escapeName } from "./escape-name.ts";

/** From so many questions on, a map of all names is made. */
const MANY = 32;

/** Finds the lines of names in a folder as trees write them; see formatEntry. */
export class NamedLines {
  private readonly lines: readonly string[];
  private asked = 0;
  private byName: ReadonlyMap<string, string> | undefined;

  constructor(lines: readonly string[]) {
    this.lines = lines;
  }

  find(name: RawPath): string | undefined {
    const spelled = escapeName(name);
    if (++this.asked > MANY) {
      this.byName ??= new Map(this.lines.map((line) => [spelledName(line), line]));
      return this.byName.get(spelled);
    }
    // Most lines do not hold it at all, which is found out much sooner than what they are about.
    const about = ` ${spelled}`;
    return this.lines.find((line) => line.includes(about) && spelledName(line) === spelled);
  }
}

function spelledName(line: string): string {
  return line.split(" ", 6)[5] as string;
}
