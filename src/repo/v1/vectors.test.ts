import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeScratchFolder } from "../scratch-repo.suite.ts";
import { goJson, goTime } from "./go-json.ts";
import { hashV1Payload } from "./payload-hash.ts";
import { hashV1Event, parseV1Event } from "./v1-log.ts";
import { hashV1Descriptor, parseV1Descriptor } from "./v1-snapshot.ts";

const PAYLOAD_3 = "d899b728ebfc43b8767d4280b7a0ccfb0a569605c78317494349ef9a87fe9668";
const PAYLOAD_4 = "17734fa2b51066af2d1d18365317909bac53ae648c45de977246ff39a4f5eaa9";

test("vector 1: a descriptor", () => {
  const descriptor = parseV1Descriptor({
    Snapshot_ID: "1795215273951-8a6b0575",
    parent_id: null,
    worktree_name: "main",
    created_at: "2026-11-20T22:54:33.954085627Z",
    note: 'first <note> & "q" é',
    tags: ["v1.0", "rel"],
    engine: "copy",
    payload_root_hash: PAYLOAD_3,
    descriptor_checksum: "6f6685597e9c726bc1ab7553f109ca6249df0a1bb70fb9c4b1907f85212625fc",
    integrity_state: "verified",
    partial_paths: [],
    from_the_future: 1,
  });

  expect(hashV1Descriptor(descriptor)).toBe(
    "6f6685597e9c726bc1ab7553f109ca6249df0a1bb70fb9c4b1907f85212625fc",
  );
});

test("vector 2: every escape, partial, compressed", () => {
  const note = JSON.parse(
    '"t\\tn\\nq\\" b\\\\ s/ <&> \\b\\f\\u0001\\u007f \\u2028\\u2029 é 😀 z \\ufffd\\ufffd"',
  );
  const descriptor = parseV1Descriptor({
    snapshot_id: "1795217705454-49a6e572",
    worktree_name: "main",
    created_at: "2026-11-20T23:35:05.455642852Z",
    note,
    tags: ["a"],
    engine: "copy",
    payload_root_hash: PAYLOAD_4,
    partial_paths: ["a.txt"],
    compression: { type: "gzip", level: 9 },
  });

  expect(hashV1Descriptor(descriptor)).toBe(
    "e5ad5bac5efb841e81027bcb30da8c593e2ab7a2cddb4b6aadbac652010f6810",
  );
});

test("vector 3: a payload with folders, modes, a link and a name beyond ASCII", () => {
  using folder = makeScratchFolder();
  const at = (name: string): string => join(folder.path, name);
  mkdirSync(at("empty"), { mode: 0o700 });
  mkdirSync(at("sub/deep"), { recursive: true, mode: 0o755 });
  for (const [name, mode] of [
    ["empty", 0o700],
    ["sub", 0o755],
    ["sub/deep", 0o755],
  ] as const)
    chmodSync(at(name), mode);
  for (const [name, text, mode] of [
    ["a.txt", "hello\n", 0o755],
    ["na\u00efve.txt", "z", 0o644],
    ["sub/deep/b.bin", "x", 0o600],
  ] as const) {
    writeFileSync(at(name), text);
    chmodSync(at(name), mode);
  }
  symlinkSync("a.txt", at("link"));
  writeFileSync(at(".READY"), "no content");

  expect(hashV1Payload(folder.path)).toBe(PAYLOAD_3);
});

test("vector 4: a payload of one file; and an empty one", () => {
  using folder = makeScratchFolder();
  expect(hashV1Payload(folder.path)).toBe(
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
  writeFileSync(join(folder.path, "a.txt"), "hello\n");
  chmodSync(join(folder.path, "a.txt"), 0o644);
  expect(hashV1Payload(folder.path)).toBe(PAYLOAD_4);
});

test("vector 5: an audit record", () => {
  const event = parseV1Event({
    details: { detached: true },
    event_type: "restore",
    prev_hash: "1ba6942b21f19975c3716d1eaac9041589ca97d4495253e567691d1fa5bbb191",
    snapshot_id: "1795215273951-8a6b0575",
    timestamp: "2026-11-20T22:55:02.928227623Z",
    worktree_name: "main",
  });

  expect(
    hashV1Event(event, "1ba6942b21f19975c3716d1eaac9041589ca97d4495253e567691d1fa5bbb191"),
  ).toBe("f2fedd143a48743ff47911ff0d369a541eedd2122f24450d48391917ed15cbb0");
});

test.each([
  ["2026-11-20T22:54:33.954Z", "2026-11-20T22:54:33.954Z"],
  ["2026-11-20T22:54:33.950Z", "2026-11-20T22:54:33.95Z"],
  ["2026-11-20T22:54:33.000Z", "2026-11-20T22:54:33Z"],
  ["2026-11-20T22:54:33.10+00:00", "2026-11-20T22:54:33.1Z"],
  ["2026-11-20T22:54:33+02:00", "2026-11-20T22:54:33+02:00"],
])("the time %s is written %s", (text, written) => {
  expect(goTime(text)).toBe(written);
});

test("keys are sorted by bytes, what is undefined is left out, lone surrogates are replaced", () => {
  expect(goJson({ "\u{1f600}": 1, "\uffee": [null, true], b: undefined, a: "\ud800" })).toBe(
    '{"a":"\ufffd","\uffee":[null,true],"\u{1f600}":1}',
  );
});
