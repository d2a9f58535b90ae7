import { expect, test } from "vitest";
import type { SnapshotId } from "../../model/snapshot.ts";
import { placeV1Snapshots, type V1Place } from "./place-snapshots.ts";
import type { V1Descriptor, V1Snapshot } from "./v1-snapshot.ts";

const NOTHING: ReadonlyMap<string, string> = new Map();

function id(number: number): SnapshotId {
  return `179521527395${number}-8a6b000${number}` as SnapshotId;
}

interface Told {
  readonly parent?: string;
  readonly worktree?: string;
  /** What its record says of itself; null: it has none. */
  readonly record?: string | null;
  readonly fault?: string;
}

function snapshot(number: number, told: Told = {}): V1Snapshot {
  const { parent, worktree = "main", record = id(number), fault } = told;
  const descriptor = {
    snapshot_id: record,
    parent_id: parent,
    worktree_name: worktree,
  } as V1Descriptor;
  return {
    id: id(number),
    descriptor: record === null ? undefined : descriptor,
    fault: fault ?? (record === id(number) ? undefined : "its record is gone"),
    payload: "/payload",
    payloadFault: undefined,
    isFinished: true,
  };
}

/** Number, number of the parent, and `?` where that is a guess. */
function told(places: readonly V1Place[]): string[] {
  return places.map(({ id: own, parent, guess, snapshot: there }) => {
    const words = [own.at(-1), parent?.at(-1) ?? "-", guess && "?", there === undefined && "gone"];
    return words.filter(Boolean).join(" ");
  });
}

const place = (found: readonly V1Snapshot[], takenIn = NOTHING): string[] =>
  told(placeV1Snapshots(found, takenIn));

test("whole records tell the history", () => {
  expect(place([snapshot(1), snapshot(2, { parent: id(1) }), snapshot(3)])).toEqual([
    "1 -",
    "2 1",
    "3 -",
  ]);
});

test("parents come first, also when the clock went back", () => {
  expect(
    place([snapshot(1, { parent: id(3) }), snapshot(2), snapshot(3, { parent: id(2) })]),
  ).toEqual(["2 -", "3 2", "1 3"]);
});

test("a snapshot without a record follows the newest older one of its worktree", () => {
  const found = [
    snapshot(1),
    snapshot(2, { worktree: "fork", parent: id(1) }),
    snapshot(3, { record: null }),
    snapshot(4, { parent: id(3) }),
  ];
  expect(place(found)).toEqual(["1 -", "2 1", "3 1 ?", "4 3"]);
  expect(place(found, new Map([[id(3), "fork"]]))).toEqual(["1 -", "2 1", "3 2 ?", "4 3"]);
});

test("so does one of which nothing is left but its name, and one whose record is another's", () => {
  expect(place([snapshot(1), snapshot(3, { parent: id(2) })])).toEqual([
    "1 -",
    "2 1 ? gone",
    "3 2",
  ]);
  expect(place([snapshot(1), snapshot(2, { record: id(3), parent: id(9) })])).toEqual([
    "1 -",
    "2 1 ?",
  ]);
});

test("a parent that is no id, or one that a damaged record may have lost, is guessed", () => {
  expect(place([snapshot(1), snapshot(2, { parent: "../../x" })])).toEqual(["1 -", "2 1 ?"]);
  expect(place([snapshot(1), snapshot(2, { fault: "its checksum" })])).toEqual(["1 -", "2 1 ?"]);
});

test("circles are cut at their oldest, and hang on to what is older", () => {
  expect(place([snapshot(1, { parent: id(1) })])).toEqual(["1 - ?"]);
  const found = [
    snapshot(1),
    snapshot(2, { parent: id(4) }),
    snapshot(3, { parent: id(2) }),
    snapshot(4, { parent: id(3) }),
    snapshot(5, { parent: id(4) }),
  ];
  expect(place(found)).toEqual(["1 -", "2 1 ?", "3 2", "4 3", "5 4"]);
});
