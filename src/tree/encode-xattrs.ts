import type { Xattr } from "../fs/xattrs.ts";
import { escapeName, unescapeName } from "./escape-name.ts";

/** The object of some attributes: one line each, `<escaped name> <value in base64>\n`, sorted by name. */
export function encodeXattrs(attributes: readonly Xattr[]): Uint8Array {
  const lines = attributes.map(
    ([name, value]) => `${escapeName(name)} ${Buffer.from(value).toString("base64")}\n`,
  );
  return Buffer.from(lines.join(""), "latin1");
}

/** The inverse of {@link encodeXattrs}. */
export function decodeXattrs(bytes: Uint8Array): Xattr[] {
  const lines = Buffer.from(bytes).toString("latin1").split("\n").slice(0, -1);
  return lines.map((line) => {
    const [name = "", value = ""] = line.split(" ");
    return [unescapeName(name), Buffer.from(value, "base64")];
  });
}
