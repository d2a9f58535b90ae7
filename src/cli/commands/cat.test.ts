import { expect, test, vi } from "vitest";
import { readFile } from "../../operations/read-file.ts";
import { runCli } from "../fake-io.suite.ts";
import { FIRST } from "../fake-reports.suite.ts";

vi.mock("../../operations/read-file.ts", () => ({ readFile: vi.fn() }));

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

test("the bytes as they are, or one JSON value", async () => {
  const printed: number[] = [];
  const out = (data: string | Uint8Array): void => {
    printed.push(...(data as Uint8Array));
  };
  const file = { snapshot_id: FIRST, size: 3, pieces: [bytes("a\xff"), bytes("\n")] };
  vi.mocked(readFile).mockResolvedValue(file);

  await runCli(["cat", "HEAD", "f"], { out });
  const binary = JSON.parse((await runCli(["cat", "HEAD", "f", "--json"])).out);
  vi.mocked(readFile).mockResolvedValue({ ...file, pieces: [bytes("\xc3"), bytes("\xa9")] });
  const text = JSON.parse((await runCli(["cat", "HEAD", "é", "--json"])).out);

  expect(printed).toEqual([97, 255, 10]);
  expect(binary).toMatchObject({ path: "f", encoding: "base64", content: "Yf8K" });
  expect(text).toMatchObject({ path: "é", encoding: "utf8", content: "é" });
});
