import fc from "fast-check";

/** What is random about one thing in a folder. Names and targets are Latin-1: each character a byte. */
export interface ThingSpec {
  readonly kind: "file" | "folder" | "link" | "fifo";
  readonly mode: number;
  readonly mtime: bigint;
  readonly size: number;
  readonly seed: number;
  /** For files: how much of it is a hole in front of the content. */
  readonly hole: number;
  readonly target: string;
  readonly attributes: readonly AttributeSpec[];
  readonly owner: number;
}

export interface AttributeSpec {
  readonly name: string;
  readonly value: Uint8Array;
}

/** Puts a thing under a name into one of the folders that are there by then. */
export interface PlacementSpec {
  readonly folder: number;
  readonly name: string;
  /** Another name of a file that is there, in place of a new thing. */
  readonly linkTo: number | undefined;
  readonly thing: ThingSpec;
}

/** One thing that a user, or a program, may do to a folder. */
export interface MutationSpec {
  readonly does: (typeof DEEDS)[number];
  /** Which of the paths that are there by then. */
  readonly at: number;
  readonly other: number;
  readonly placement: PlacementSpec;
}

export const DEEDS = [
  "edit in place",
  "edit and set the time back",
  "append",
  "truncate",
  "replace by rename",
  "remove",
  "rename",
  "swap names",
  "change mode",
  "change time",
  "change owner",
  "change attributes",
  "change kind",
  "add",
  "add a hard link",
  "part a hard link",
  "change the root folder",
  "nothing",
] as const;

const ODD_NAMES = [
  "a",
  "b",
  "c",
  "sub",
  "two words",
  "-rf",
  "--",
  "%",
  "%41",
  "new\nline",
  "tab\t",
  "\x01\x7f",
  "back\\slash",
  "quote\"'",
  "*",
  "[a-b]{c,d}?!",
  "...",
  "~",
  ".git",
  ".jvs",
  ".READY",
  "data.gz",
  "a.jvs-conflict-12345678",
  utf8("\u00e9"),
  utf8("e\u0301"),
  utf8("日本語"),
  utf8("\u2028\u0085"),
  utf8("😀"),
  "\xff\xfe",
  "\xc3",
  "\xed\xa0\x80",
  "n".repeat(255),
  utf8("ä".repeat(127)),
] as const;

function utf8(text: string): string {
  return Buffer.from(text).toString("latin1");
}

const name: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...ODD_NAMES) },
  { weight: 2, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 12 }).map(toName) },
);

function toName(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("latin1").replace(/[/\0]/g, "_");
  return text === "." || text === ".." ? `${text}_` : text;
}

const mode: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(0o644, 0o755, 0o600, 0o444, 0, 0o4755, 0o2755, 0o1777, 0o7777),
  fc.integer({ min: 0, max: 0o7777 }),
);

const SECOND = 1_000_000_000n;

/** From 1901 to 2445: what ext4 and xfs can both write down. */
const mtime: fc.Arbitrary<bigint> = fc.oneof(
  fc.constantFrom(0n, -1n, 1n, -SECOND, 1_700_000_000n * SECOND + 999_999_999n),
  fc.bigInt({ min: -2_147_483_648n * SECOND, max: 15_000_000_000n * SECOND }),
);

/** Around the sizes where the store takes another way, and seldom, since they cost time. */
const size: fc.Arbitrary<number> = fc.oneof(
  { weight: 60, arbitrary: fc.integer({ min: 0, max: 300 }) },
  { weight: 20, arbitrary: fc.constantFrom(0, 1, 4095, 4096, 4097, 65_536, 70_001) },
  { weight: 1, arbitrary: fc.constantFrom((1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_000_017) },
);

const hole: fc.Arbitrary<number> = fc.oneof(
  { weight: 12, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(4096, 65_536, 1_000_001, 5_000_000) },
);

const target: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("a", "b", "missing", "..", ".", "../../outside", "/etc/hostname", "/", "sub/a"),
  fc.constantFrom("\xff\xfe", "new\nline", "x".repeat(1000)),
  name,
);

/** u::rw-,u:1000:r--,g::r--,m::r--,o::--- as the kernel has it (linux/posix_acl_xattr.h). */
const ACL = Buffer.from(
  "0200000001000600ffffffff02000400e803000004000400ffffffff10000400ffffffff20000000ffffffff",
  "hex",
);

const attribute: fc.Arbitrary<AttributeSpec> = fc.oneof(
  fc.record({
    name: fc.constantFrom("user.a", "user.b", "user.with space%", "trusted.t"),
    value: fc.uint8Array({ maxLength: 40 }),
  }),
  fc.constantFrom(
    { name: "system.posix_acl_access", value: ACL },
    { name: "system.posix_acl_default", value: ACL },
  ),
);

const attributes: fc.Arbitrary<AttributeSpec[]> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<AttributeSpec[]>([]) },
  { weight: 1, arbitrary: fc.array(attribute, { minLength: 1, maxLength: 3 }) },
);

const thing: fc.Arbitrary<ThingSpec> = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant("file" as const) },
    { weight: 4, arbitrary: fc.constant("folder" as const) },
    { weight: 2, arbitrary: fc.constant("link" as const) },
    { weight: 1, arbitrary: fc.constant("fifo" as const) },
  ),
  mode,
  mtime,
  size,
  seed: fc.integer({ min: 0, max: 3 }),
  hole,
  target,
  attributes,
  owner: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(1000, 65_534) },
  ),
});

const placement: fc.Arbitrary<PlacementSpec> = fc.record({
  folder: fc.nat(30),
  name,
  linkTo: fc.oneof(
    { weight: 8, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.nat(30) },
  ),
  thing,
});

/** Flat lists, so that a failing case shrinks to few things. */
export const tree: fc.Arbitrary<PlacementSpec[]> = fc.array(placement, { maxLength: 24 });

const mutation: fc.Arbitrary<MutationSpec> = fc.record({
  does: fc.constantFrom(...DEEDS),
  at: fc.nat(60),
  other: fc.nat(60),
  placement,
});

export const mutations: fc.Arbitrary<MutationSpec[]> = fc.array(mutation, { maxLength: 10 });
