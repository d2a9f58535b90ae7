import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { SnapshotId } from "../model/snapshot.ts";
import {
  hasDescriptor,
  listDescriptors,
  listSnapshotIds,
  publishDescriptor,
  readDescriptor,
  sealDescriptor,
  writeDescriptorDraft,
} from "./descriptors.ts";
import { openDraft } from "./drafts.ts";
import { descriptorPath } from "./layout.ts";
import type { Repo } from "./repo.ts";
import { idAt, makeScratchRepo, sampleDescriptor } from "./scratch-repo.suite.ts";

function publish(repo: Repo, id: SnapshotId): string {
  const draft = openDraft(repo, { id, worktree: "main" });
  writeDescriptorDraft(draft, sealDescriptor(sampleDescriptor(id)));
  publishDescriptor(repo, draft, id);
  return descriptorPath(repo.layout, id);
}

function isDamaged(repo: Repo, id: SnapshotId): boolean {
  return listDescriptors(repo).unreadable.some((damaged) => damaged.id === id);
}

test("reads back what was published, and the draft no longer has it", () => {
  using box = makeScratchRepo();
  const id = idAt(1);

  publish(box.repo, id);

  expect(readDescriptor(box.repo, id)).toEqual(sealDescriptor(sampleDescriptor(id)));
  expect(hasDescriptor(box.repo, id)).toBe(true);
  expect(readdirSync(`${box.repo.layout.drafts}/${id}.main`)).toEqual([]);
});

test("a draft is no snapshot", () => {
  using box = makeScratchRepo();
  const draft = openDraft(box.repo, { id: idAt(1), worktree: "main" });

  writeDescriptorDraft(draft, sealDescriptor(sampleDescriptor(idAt(1))));

  expect(hasDescriptor(box.repo, idAt(1))).toBe(false);
  expect(listSnapshotIds(box.repo)).toEqual([]);
});

test("the checksum is the SHA-256 of the sorted fields without checksum, signature and state", () => {
  const sealed = sealDescriptor({
    ...sampleDescriptor(idAt(1)),
    note: "plain",
    meta: {},
    losses: [],
  });
  const { descriptor_checksum, integrity_state, ...covered } = sealed;
  const keys = Object.keys(covered).sort();
  const text = JSON.stringify(Object.fromEntries(keys.map((key) => [key, covered[key as "note"]])));

  expect(descriptor_checksum).toBe(createHash("sha256").update(text).digest("hex"));
  expect(integrity_state).toBe("verified");
});

test("the file shows the fields in their order, whatever the order they came in", () => {
  using box = makeScratchRepo();
  const fields = Object.entries({ ...sampleDescriptor(idAt(1)), parent_id: undefined });
  const shuffled = Object.fromEntries(fields.reverse()) as unknown as ReturnType<
    typeof sampleDescriptor
  >;
  const draft = openDraft(box.repo, { id: idAt(1), worktree: "main" });

  writeDescriptorDraft(draft, sealDescriptor(shuffled));

  expect(readFileSync(`${draft}/descriptor.json`, "utf8")).toMatchInlineSnapshot(`
    "{
      "format": 2,
      "snapshot_id": "1767323046678-0badcafe",
      "worktree_name": "main",
      "created_at": "2026-01-02T03:04:05.678Z",
      "note": "Grüße, \\"quoted\\"\\n😀",
      "tags": [
        "v1",
        "draft"
      ],
      "meta": {
        "ticket": "7",
        "": "empty key"
      },
      "kind": "manual",
      "engine": "objects",
      "payload_root_hash": "5555555555555555555555555555555555555555555555555555555555555555",
      "root_mode": "0755",
      "entries": 12,
      "bytes": 1000,
      "stored_bytes": 0,
      "losses": [
        {
          "path": "run/socket",
          "kind": "socket",
          "why": "sockets are not kept"
        }
      ],
      "audit_head": "",
      "integrity_state": "verified",
      "descriptor_checksum": "8a035e94d80f8cef178a50a64bcb41b6ebdd9e578d0f7dbbce833a897c21392e"
    }
    "
  `);
});

test("notices each bit that is not as it was", () => {
  using box = makeScratchRepo();
  const path = publish(box.repo, idAt(1));
  const original = readFileSync(path);
  const unnoticed: number[] = [];

  for (let bit = 0; bit < original.length * 8; bit++) {
    const damaged = Buffer.from(original);
    damaged[bit >> 3] = (original[bit >> 3] as number) ^ (1 << (bit & 7));
    writeFileSync(path, damaged);
    if (!isDamaged(box.repo, idAt(1))) unnoticed.push(bit >> 3);
  }

  expect(unnoticed).toEqual([]);
});

test("notices each place at which the end is cut off", () => {
  using box = makeScratchRepo();
  const path = publish(box.repo, idAt(1));
  const original = readFileSync(path);

  for (let length = 0; length < original.length - 1; length++) {
    writeFileSync(path, original.subarray(0, length));
    expect(isDamaged(box.repo, idAt(1)), `cut to ${length}`).toBe(true);
  }
});

test.each([
  ["", "no JSON object"],
  ["[]", "no JSON object"],
  ["{}", "checksum"],
])("names the file and what is wrong with it: %j", (text, why) => {
  using box = makeScratchRepo();
  const path = publish(box.repo, idAt(1));
  writeFileSync(path, text);

  expect(() => readDescriptor(box.repo, idAt(1))).toThrow(
    expect.objectContaining({
      code: "E_DESCRIPTOR_CORRUPT",
      message: expect.stringMatching(new RegExp(`${path}.*${why}`)),
    }),
  );
});

test("refuses a record under the name of another snapshot", () => {
  using box = makeScratchRepo();
  const path = publish(box.repo, idAt(1));
  writeFileSync(descriptorPath(box.repo.layout, idAt(2)), readFileSync(path));

  expect(() => readDescriptor(box.repo, idAt(2))).toThrow(`it is the record of ${idAt(1)}`);
});

test("keeps fields that it does not know, and covers them", () => {
  using box = makeScratchRepo();
  const sealed = sealDescriptor({ ...sampleDescriptor(idAt(1)), future: { a: 1 } } as never);
  const path = descriptorPath(box.repo.layout, idAt(1));
  writeFileSync(path, JSON.stringify(sealed));

  expect(readDescriptor(box.repo, idAt(1))).toMatchObject({ future: { a: 1 } });

  writeFileSync(path, JSON.stringify({ ...sealed, future: { a: 2 } }));
  expect(isDamaged(box.repo, idAt(1))).toBe(true);
});

test("a signature and a later state need no new checksum", () => {
  using box = makeScratchRepo();
  const sealed = sealDescriptor({ ...sampleDescriptor(idAt(1)), integrity_state: "pending" });
  const path = descriptorPath(box.repo.layout, idAt(1));

  writeFileSync(path, JSON.stringify({ ...sealed, integrity_state: "verified", signature: "abc" }));

  expect(readDescriptor(box.repo, idAt(1)).integrity_state).toBe("verified");
});

test.each([idAt(1), "../worktrees/main", "", "."])("knows no snapshot %j", (id) => {
  using box = makeScratchRepo();

  expect(hasDescriptor(box.repo, id as SnapshotId)).toBe(false);
  expect(() => readDescriptor(box.repo, id as SnapshotId)).toThrow(
    expect.objectContaining({ code: "E_NOT_FOUND", message: `snapshot '${id}' not found` }),
  );
});

test("lists newest first and passes over what is no descriptor", () => {
  using box = makeScratchRepo();
  for (const second of [2, 1, 3]) publish(box.repo, idAt(second));
  const { descriptors } = box.repo.layout;
  for (const name of [".DS_Store", `${idAt(4)}.json.tmp`, `${idAt(5)}`, "1-2.json"])
    writeFileSync(`${descriptors}/${name}`, "{}");
  mkdirSync(`${descriptors}/folder`);
  writeFileSync(descriptorPath(box.repo.layout, idAt(6)), "garbled");

  expect(listSnapshotIds(box.repo)).toEqual([6, 3, 2, 1].map((second) => idAt(second)));
  expect(listDescriptors(box.repo)).toEqual({
    descriptors: [3, 2, 1].map((second) => sealDescriptor(sampleDescriptor(idAt(second)))),
    unreadable: [{ id: idAt(6), why: "it is no JSON object" }],
  });
});
