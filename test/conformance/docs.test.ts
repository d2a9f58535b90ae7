/** What the pages under docs/ promise and a program can check: links, versions, test vectors. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import packageJson from "../../package.json";
import { canonicalJson } from "../../src/model/canonical-json.ts";
import { Chunker } from "../../src/store/chunker.ts";
import { COLUMNS } from "../../src/tree/columns.ts";
import { decodeXattrs, encodeXattrs } from "../../src/tree/encode-xattrs.ts";
import { formatEntry, parseEntry } from "../../src/tree/entry-line.ts";
import { decodeLinkGroups, encodeLinkGroups } from "../../src/tree/link-groups.ts";

const ROOT = join(import.meta.dirname, "../..");
const FORMAT = read("docs/format.md");

const pages = [
  ...readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`),
  ...readdirSync(ROOT),
].filter((name) => name.endsWith(".md"));

describe.each(pages)("%s", (page) => {
  test("links lead somewhere", () => {
    const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !leadsSomewhere(page, link))).toEqual([]);
  });
});

test("dependencies.md has each package with its version", () => {
  const text = read("docs/dependencies.md");
  const { dependencies, devDependencies } = packageJson;
  const missing = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([name, version]) =>
      !name.startsWith("@types/") && !(text.includes(name) && text.includes(version)),
  );
  expect(missing).toEqual([]);
});

test("format.md lists the columns of the stat index in their order", () => {
  const table = FORMAT.slice(FORMAT.indexOf("| columns | type |"));
  const names = table.slice(0, table.indexOf("\n\n")).match(/`(\w+)`/g) ?? [];
  expect(names.map((name) => name.slice(1, -1))).toEqual(COLUMNS.map(([name]) => name));
});

describe("vectors of format.md", () => {
  test("folder", () => {
    const { id, text } = vector("folder");
    expect(sha256(text)).toBe(id);
    for (const line of latin1(text).trimEnd().split("\n"))
      expect(formatEntry(parseEntry(line))).toBe(line);
  });

  test("attributes", () => {
    const { id, text } = vector("xattrs");
    expect(sha256(text)).toBe(id);
    expect(decodeXattrs(Buffer.from(text))).toEqual([["user.note", Buffer.from("hi")]]);
    expect(encodeXattrs(decodeXattrs(Buffer.from(text)))).toEqual(Buffer.from(text));
  });

  test("links", () => {
    const { id, text } = vector("links");
    expect(sha256(text)).toBe(id);
    expect(decodeLinkGroups(Buffer.from(text))).toEqual([["a.txt", "sub dir/hard"]]);
    expect(encodeLinkGroups(decodeLinkGroups(Buffer.from(text)))).toEqual(Buffer.from(text));
  });

  test("canonical JSON and the checksum of a descriptor", () => {
    const { id, text } = vector("canonical");
    expect(canonicalJson(JSON.parse(text))).toBe(text.trimEnd());
    expect(sha256(text.trimEnd())).toBe(id);
  });

  test("chunks", () => {
    const { text } = vector("chunks");
    const bytes = Buffer.alloc(8 << 20);
    for (let at = 0; at < bytes.length; at += 32) bytes.write(sha256(String(at / 32)), at, "hex");
    const sizes: number[] = [];
    const chunker = new Chunker();
    for (let at = 0; at < bytes.length; at += sizes.at(-1) ?? 0) {
      const end = chunker.next(bytes.subarray(at));
      sizes.push(end === -1 ? bytes.length - at : end);
    }
    expect(sizes.join(" ")).toBe(text.trimEnd());
  });
});

/** The code block under `<!-- vector: <name> <id> -->`, and the id. */
function vector(name: string): { id: string; text: string } {
  const [, id = "", text = ""] =
    new RegExp(`<!-- vector: ${name} ?(\\w*) -->\n\`\`\`\n([^]*?)\`\`\``).exec(FORMAT) ?? [];
  return { id, text };
}

function leadsSomewhere(page: string, link: string): boolean {
  if (/^https:/.test(link)) return true;
  const [path = "", heading] = link.split("#");
  const file = path === "" ? page : join(dirname(page), path);
  if (!existsSync(join(ROOT, file))) return false;
  return heading === undefined || headingsOf(read(file)).includes(heading);
}

/** The anchors that headings get: lower case, without punctuation, dashes for spaces. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

function sha256(text: string): string {
  return Bun.CryptoHasher.hash("sha256", text, "hex");
}

/** UTF-8 as the tree's code holds it: a character a byte. */
function latin1(text: string): string {
  return Buffer.from(text).toString("latin1");
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}
