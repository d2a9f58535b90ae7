import { expect, test } from "vitest";
import { GEAR } from "./gear-table.ts";

test("the gear table follows its recipe", () => {
  const fromRecipe = Array.from({ length: 256 }, (_, byte) => {
    const digest = new Bun.CryptoHasher("sha256").update(`jvs gear ${byte}`).digest();
    return digest.readInt32BE(0);
  });

  expect([...GEAR]).toEqual(fromRecipe);
});

test("the gear table is frozen", () => {
  expect(Bun.CryptoHasher.hash("sha256", GEAR, "hex")).toBe(
    "d00b4ba2c3e16d5f57ca209d690903dacdbd2dea3124ae81c5c931807e82ab36",
  );
});
