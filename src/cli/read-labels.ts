import { JvsError } from "../model/errors.ts";
import { faultOfTag } from "../model/tag-name.ts";
import { UsageError } from "./usage-error.ts";

/** The tags in `--tag a --tag b,c`. Quotes around one are allowed, as in CSV; `--tag ''` is none. */
export function readTags(values: readonly string[]): string[] {
  return splitList(values).map(checkTag);
}

/** The items of a flag that may be repeated and takes several, with commas between, as in CSV. */
export function splitList(values: readonly string[]): string[] {
  return values.filter((value) => value !== "").flatMap(splitItems);
}

function splitItems(text: string): string[] {
  const next = /("(?:[^"]|"")*"|[^,]*)(,|$)/y;
  const items: string[] = [];
  for (let found = next.exec(text); found !== null; found = next.exec(text)) {
    const [, item = "", separator] = found;
    items.push(/^"(.*)"$/s.exec(item)?.[1]?.replaceAll('""', '"') ?? item);
    if (separator === "") break;
  }
  return items;
}

function checkTag(tag: string): string {
  const why = faultOfTag(tag);
  if (why === undefined) return tag;
  throw new JvsError(`invalid tag "${tag}": E_NAME_INVALID: tag must ${why}`, {
    code: "E_NAME_INVALID",
    hint: "Use letters and digits of ASCII, dots, dashes and underscores",
    details: { name: tag },
  });
}

/** The pairs in `--meta key=value`; the last one of a key counts. */
export function readMeta(values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.map(splitPair));
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf("=");
  if (at <= 0)
    throw new UsageError(`invalid argument "${pair}" for "--meta" flag: must be key=value`);
  return [pair.slice(0, at), pair.slice(at + 1).toWellFormed()];
}
