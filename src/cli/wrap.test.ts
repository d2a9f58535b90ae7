import { expect, test } from "vitest";
import { runCli } from "./fake-io.suite.ts";
import { columns, wrapProse } from "./wrap.ts";

test("prose is wrapped, paragraphs and examples stay", () => {
  expect(wrapProse("one two\nthree four\n\n  as is  it\n\nfive", 10)).toBe(
    "one two\nthree four\n\n  as is  it\n\nfive",
  );
  expect(wrapProse("a long-word-that-fits-nowhere b", 10)).toBe(
    "a\nlong-word-that-fits-nowhere\nb",
  );
});

test("the right column is wrapped under itself; a long left one stands alone", () => {
  const right = "word ".repeat(20).trim();
  expect(columns([["--flag", right]])).toBe(
    `  --flag  ${"word ".repeat(14).trim()}\n          ${"word ".repeat(6).trim()}`,
  );
  expect(columns([["x".repeat(60), right]]).split("\n")).toHaveLength(3);
  expect(columns([["x".repeat(60), "short"]])).toBe(`  ${"x".repeat(60)}  short`);
});

test("no line of any help is wider than a terminal", async () => {
  const names = async (...topic: string[]): Promise<string[]> => {
    const { out } = await runCli(["help", ...topic, "--json"]);
    const { commands = [] } = JSON.parse(out) as { commands?: { name: string }[] };
    return commands.map(({ name }) => name);
  };
  const topics: string[][] = [[]];
  for (const name of await names()) {
    topics.push([name]);
    for (const verb of await names(name)) topics.push(verb.split(" "));
  }
  expect(topics.length).toBeGreaterThan(40);
  for (const topic of topics) {
    const { out } = await runCli(["help", ...topic]);
    const wide = out.split("\n").filter((line) => line.length > 80);
    expect(wide, topic.join(" ")).toEqual([]);
  }
});
