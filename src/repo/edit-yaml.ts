import type { Document, Pair, ParsedNode, Scalar, YAMLMap } from "yaml";

type Yaml = typeof import("yaml");
type Doc = Document.Parsed;
type MapNode = YAMLMap.Parsed;
type PairNode = Pair<ParsedNode, ParsedNode | null>;

/** A piece of the text, and what takes its place. */
interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Sets one value in a YAML text, or takes it out (undefined): only the lines of that value change.
 * Every other line, comments and the way lists are written among it, stays as it is. Blocks on the
 * way are made, and go with their last value.
 *
 * @param path the names that lead to the value
 */
export async function editYaml(
  text: string,
  path: readonly string[],
  value: unknown,
): Promise<string> {
  const yaml = await import("yaml");
  const edited = new Editor(yaml, text).edit(path, value);
  const wanted = setIn(yaml.parse(text) ?? {}, path, value);
  // Somebody's YAML may be stranger than we thought: then it is written anew, and is right.
  return Bun.deepEquals(yaml.parse(edited) ?? {}, wanted) ? edited : yaml.stringify(wanted);
}

/** The same as a value. Blocks that it leaves empty go. */
function setIn(
  block: Readonly<Record<string, unknown>> | null | undefined,
  [name = "", ...rest]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const { [name]: before, ...others } = block ?? {};
  if (rest.length === 0) return value === undefined ? others : { ...block, [name]: value };
  if (before === undefined && value === undefined) return others;
  const inner = setIn(before as Record<string, unknown> | null, rest, value);
  return Object.keys(inner).length === 0 ? others : { ...block, [name]: inner };
}

class Editor {
  readonly #yaml: Yaml;
  readonly #text: string;
  readonly #document: Doc;

  constructor(yaml: Yaml, text: string) {
    this.#yaml = yaml;
    this.#text = text;
    this.#document = yaml.parseDocument(text);
  }

  edit(path: readonly string[], value: unknown): string {
    const pairs = this.#pairsOn(path);
    const pair = pairs.length === path.length ? pairs.at(-1) : undefined;
    if (value === undefined) return pair === undefined ? this.#text : this.#remove(pairs);
    if (pair !== undefined) return this.#apply(this.#replace(pair, value));
    return this.#apply([this.#insert(pairs, path.slice(pairs.length), value)]);
  }

  /** The pairs that are there on the way. */
  #pairsOn(path: readonly string[]): PairNode[] {
    const pairs: PairNode[] = [];
    let map: unknown = this.#document.contents;
    for (const name of path) {
      const pair = this.#yaml.isMap(map) ? findPair(map as MapNode, name) : undefined;
      if (pair === undefined) break;
      pairs.push(pair);
      map = pair.value;
    }
    return pairs;
  }

  #replace(pair: PairNode, value: unknown): Splice[] {
    const old = pair.value;
    const isBlock = old === null || (this.#yaml.isCollection(old) && !old.flow);
    if (isBlock) return this.#editList(old, value) ?? [this.#replaceBlock(pair, value)];
    const [start, end] = old.range;
    // `key:` alone has an empty value right behind the colon.
    return [{ start, end, text: `${start === end ? " " : ""}${this.#inline(value)}` }];
  }

  #replaceBlock({ key, value: old }: PairNode, value: unknown): Splice {
    const start = key.range[1] + 1;
    const end = old === null ? start : this.#endOf(old);
    const tail = old !== null && this.#text[end - 1] === "\n" ? "\n" : "";
    return { start, end, text: ` ${this.#inline(value)}${tail}` };
  }

  /** What is in both lists stays as it is written; undefined where that cannot be. */
  #editList(list: ParsedNode | null, value: unknown): Splice[] | undefined {
    if (!this.#yaml.isSeq(list) || !Array.isArray(value)) return undefined;
    const old = list.items.map((item) => (item as Scalar).value);
    const kept = old.filter((item) => value.includes(item));
    const isAppended = kept.every((item, at) => value[at] === item) && kept.length > 0;
    if (!isAppended || new Set(old).size !== old.length) return undefined;
    const gone = list.items.filter((item) => !value.includes((item as Scalar).value));
    const splices = gone.map(
      (item): Splice => this.#linesOf(item as ParsedNode, item as ParsedNode),
    );
    const last = list.items.at(-1) as ParsedNode;
    const end = this.#lineEnd(last.range[1]);
    const dash = this.#indentAt(last.range[0]);
    const added = value.slice(kept.length).map((item) => `${dash}- ${this.#inline(item)}\n`);
    if (added.length > 0)
      splices.push({ start: end, end, text: `${this.#breakBefore(end)}${added.join("")}` });
    return splices;
  }

  #insert(pairs: readonly PairNode[], names: readonly string[], value: unknown): Splice {
    const parent = pairs.at(-1);
    const map = parent === undefined ? this.#document.contents : parent.value;
    if (!this.#yaml.isMap(map) || map.items.length === 0) {
      if (this.#yaml.isMap(map) && map.flow) return this.#insertInFlow(map, names, value);
      return parent === undefined
        ? this.#lines(this.#text.length, this.#blockLines(names, value, ""))
        : this.#lines(
            this.#lineEnd(parent.key.range[1]),
            this.#blockLines(names, value, `${this.#indentAt(parent.key.range[0])}  `),
          );
    }
    if (map.flow) return this.#insertInFlow(map, names, value);
    const first = map.items[0] as PairNode;
    const last = map.items.at(-1) as PairNode;
    const lines = this.#blockLines(names, value, this.#indentAt(first.key.range[0]));
    return this.#lines(this.#endOf(last.value ?? last.key), lines);
  }

  #insertInFlow(map: MapNode, [name = "", ...rest]: readonly string[], value: unknown): Splice {
    const last = map.items.at(-1) as PairNode | undefined;
    const end = last === undefined ? map.range[0] + 1 : (last.value ?? last.key).range[1];
    const inner = rest.reduceRight((text, one) => `{${one}: ${text}}`, this.#inline(value));
    return { start: end, end, text: `${last === undefined ? "" : ", "}${name}: ${inner}` };
  }

  #lines(at: number, lines: string): Splice {
    return { start: at, end: at, text: `${this.#breakBefore(at)}${lines}` };
  }

  #blockLines(names: readonly string[], value: unknown, indent: string): string {
    const [name = "", ...rest] = names;
    if (rest.length > 0)
      return `${indent}${name}:\n${this.#blockLines(rest, value, `${indent}  `)}`;
    if (!Array.isArray(value) || value.length === 0)
      return `${indent}${name}: ${this.#inline(value)}\n`;
    return `${indent}${name}:\n${value.map((item) => `${indent}  - ${this.#inline(item)}\n`).join("")}`;
  }

  /** Takes out the last of the pairs, and those around it that hold nothing else. */
  #remove(pairs: readonly PairNode[]): string {
    let at = pairs.length - 1;
    const isAlone = ({ value }: PairNode): boolean => (value as MapNode).items.length === 1;
    while (at > 0 && isAlone(pairs[at - 1] as PairNode)) at--;
    const pair = pairs[at] as PairNode;
    const around = (at === 0 ? this.#document.contents : pairs[at - 1]?.value) as MapNode;
    const cut = around.flow
      ? this.#cutFromFlow(around, pair)
      : this.#linesOf(pair.key, pair.value ?? pair.key);
    return this.#apply([cut]);
  }

  #cutFromFlow(map: MapNode, pair: PairNode): Splice {
    const at = map.items.indexOf(pair as never);
    const next = map.items[at + 1];
    const before = map.items[at - 1];
    const end = (pair.value ?? pair.key).range[1];
    if (next !== undefined) return { start: pair.key.range[0], end: next.key.range[0], text: "" };
    const start =
      before === undefined
        ? pair.key.range[0]
        : ((before.value ?? before.key) as ParsedNode).range[1];
    return { start, end, text: "" };
  }

  /** Whole lines from the one with the first node to the one with the last. */
  #linesOf(first: ParsedNode, last: ParsedNode): Splice {
    const start = this.#text.lastIndexOf("\n", first.range[0] - 1) + 1;
    return { start, end: this.#endOf(last), text: "" };
  }

  /** Behind the line break of its last line. */
  #endOf(node: ParsedNode): number {
    return this.#lineEnd(lastOf(this.#yaml, node).range[1]);
  }

  #lineEnd(at: number): number {
    const end = this.#text.indexOf("\n", at);
    return end < 0 ? this.#text.length : end + 1;
  }

  #breakBefore(at: number): string {
    return at > 0 && this.#text[at - 1] !== "\n" ? "\n" : "";
  }

  #indentAt(at: number): string {
    const start = this.#text.lastIndexOf("\n", at - 1) + 1;
    return /^ */.exec(this.#text.slice(start, at))?.[0] ?? "";
  }

  #inline(value: unknown): string {
    return this.#yaml.stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trimEnd();
  }

  #apply(splices: readonly Splice[]): string {
    let text = this.#text;
    for (const { start, end, text: piece } of [...splices].sort(
      (one, other) => other.start - one.start,
    ))
      text = text.slice(0, start) + piece + text.slice(end);
    return text;
  }
}

function findPair(map: MapNode, name: string): PairNode | undefined {
  return map.items.find(({ key }) => (key as unknown as Scalar).value === name) as
    | PairNode
    | undefined;
}

/** Collections end behind the comments that follow them: their last scalar does not. */
function lastOf(yaml: Yaml, node: ParsedNode): ParsedNode {
  if (!yaml.isCollection(node) || node.flow || node.items.length === 0) return node;
  const last = node.items.at(-1) as ParsedNode | PairNode;
  return lastOf(
    yaml,
    yaml.isPair(last) ? ((last as PairNode).value ?? (last as PairNode).key) : last,
  );
}
