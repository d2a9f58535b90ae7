import { expect, test } from "vitest";
import type { ObjectId } from "../../model/entry.ts";
import type { VerifiedDamage } from "../../model/verify-report.ts";
import { groupDamage } from "./group-damage.ts";

function damageAt(path: string, readable = true): VerifiedDamage {
  const object = "ab".repeat(32) as ObjectId;
  return { path, part: "content", object, why: "lost", file: "p.pack", readable };
}

function shapes(damage: readonly VerifiedDamage[]): [string, number][] {
  return groupDamage(damage).map(({ folder, count }) => [folder, count]);
}

test("few paths are told of one by one", () => {
  expect(shapes([damageAt("a"), damageAt("d/b"), damageAt("d/c")])).toEqual([
    [".", 1],
    ["d", 1],
    ["d", 1],
  ]);
});

test("many are told of folder by folder, those that can be read and those that cannot apart", () => {
  const paths = Array.from({ length: 30 }, (_, at) => damageAt(`d/${at}`, at % 3 > 0));
  expect(shapes([...paths, damageAt("top")])).toEqual([
    ["d", 10],
    ["d", 20],
    [".", 1],
  ]);
});

test("of many folders the rest is one group, and nothing is left out", () => {
  const damage = Array.from({ length: 3000 }, (_, at) => damageAt(`d${at % 100}/${at}`));
  const groups = shapes(damage);
  expect(groups).toHaveLength(21);
  expect(groups.at(-1)).toEqual([".", 2400]);
  expect(groups.reduce((sum, [, count]) => sum + count, 0)).toBe(3000);
});
