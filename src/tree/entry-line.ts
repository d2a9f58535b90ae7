import type { Entry, EntryKind, ObjectId } from "../model/entry.ts";
import { JvsError } from "../model/errors.ts";
import { escapeName, unescapeName } from "./escape-name.ts";

/** One line of a folder's object, without its end. The order of the keys is fixed. */
export function formatEntry(entry: Entry): string {
  const { kind, mode, size, mtime, content, name } = entry;
  const fields = `${kind} ${mode.toString(8)} ${size} ${mtime} ${content} ${escapeName(name)}`;
  return fields + formatKeys(entry);
}

function formatKeys({ xattrs, sparse, uid, gid }: Entry): string {
  if (xattrs === undefined && sparse !== true && uid === undefined && gid === undefined) return "";
  return [
    xattrs === undefined ? "" : ` x=${xattrs}`,
    sparse === true ? " sparse" : "",
    uid === undefined ? "" : ` uid=${uid}`,
    gid === undefined ? "" : ` gid=${gid}`,
  ].join("");
}

/** Seconds have up to 19 digits (time_t), nanoseconds nine more. */
const FIELDS = /^[fdlp] [0-7]{1,4} \d{1,16} (-|-?\d{1,28}) [0-9a-f]{64}$/;

/**
 * @throws E_OBJECT_DAMAGED when it is no such line, or holds a name that no folder can hold: such a
 *   tree was not written by jvs, and following it could lead out of the workspace
 */
export function parseEntry(line: string): Entry {
  // Parts of a string keep all of it in memory, and a line is a part of its folder's text: of a copy
  // they keep the line alone.
  const [, kind = "", mode = "", size = "", mtime = "", content = "", name = "", ...keys] =
    ` ${line}`.split(" ");
  const raw = unescapeName(name);
  const isName = raw !== "" && raw !== "." && raw !== ".." && !/[/\0]/.test(raw);
  if (!isName || !FIELDS.test(`${kind} ${mode} ${size} ${mtime} ${content}`))
    throw new JvsError(`Cannot read a folder's record: "${line.slice(0, 200)}" is no entry`, {
      code: "E_OBJECT_DAMAGED",
      hint: "Run `jvs verify --all`",
    });
  return {
    name: raw,
    kind: kind as EntryKind,
    mode: Number.parseInt(mode, 8),
    size: Number(size),
    mtime,
    content: content as ObjectId,
    ...(keys.length === 0 ? {} : parseKeys(keys)),
  };
}

type Keys = Pick<Entry, "xattrs" | "sparse" | "uid" | "gid">;

function parseKeys(keys: readonly string[]): Keys {
  const found = new Map(keys.map(splitKey));
  const xattrs = found.get("x");
  const uid = found.get("uid");
  const gid = found.get("gid");
  return {
    ...(xattrs === undefined ? {} : { xattrs: xattrs as ObjectId }),
    ...(found.has("sparse") ? { sparse: true } : {}),
    ...(uid === undefined ? {} : { uid: Number(uid) }),
    ...(gid === undefined ? {} : { gid: Number(gid) }),
  };
}

function splitKey(key: string): [string, string] {
  const at = key.indexOf("=");
  return at < 0 ? [key, ""] : [key.slice(0, at), key.slice(at + 1)];
}
