import type { Sandbox } from "../sandbox.ts";

/** Gives text the same look in every run: `$BOX` for the sandbox, `<id1>` for the first id it met. */
export type Steady = (text: string) => string;

/**
 * Numbers snapshot ids in the order in which it meets them: `<id1>` the whole one, `<short1>` its
 * random part. Times become `<minute>`, `<second>` or `<instant>`, hashes `<hash>`.
 */
export function makeSteady(box: Sandbox): Steady {
  const shorts: string[] = [];
  const numberOf = (short: string): number => {
    if (!shorts.includes(short)) shorts.push(short);
    return shorts.indexOf(short) + 1;
  };
  return (text) =>
    text
      .replaceAll(box.root, "$BOX")
      .replace(/\b\d{13}-([0-9a-f]{8})\b/g, (_, short: string) => `<id${numberOf(short)}>`)
      .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}\b/g, "<uuid>")
      .replace(/\b[0-9a-f]{64}\b/g, "<hash>")
      .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/g, "<instant>")
      .replace(/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b/g, "<second>")
      .replace(/\b\d{4}-\d\d-\d\d \d\d:\d\d\b/g, "<minute>")
      .replace(/\b[0-9a-f]{8}\b/g, (short) =>
        shorts.includes(short) ? `<short${numberOf(short)}>` : short,
      );
}
