import { expect, test } from "vitest";
import { makeSandbox } from "../sandbox.ts";

/** More than is read twice to find out whether it is new. */
const MANY = 600;
const ENV = { JVS_SNAPSHOT_ENGINE: "copy" };

test("a restore copies no workspace whose content is in the folder of its snapshot, however much that is", async () => {
  await using box = makeSandbox();
  box.write(Object.fromEntries(Array.from({ length: MANY }, (_, at) => [`w/${at}`, `${at}`])));
  const run = async (argv: string[], failPoint?: string): Promise<void> => {
    const options = { env: ENV, ...(failPoint === undefined ? {} : { failPoint }) };
    const { exit, signal, err } = await box.run("w", argv, options);
    expect({ exit, signal }, `${argv.join(" ")}\n${err}`).toEqual({ exit: 0, signal: null });
  };
  await run(["init"]);
  await Bun.sleep(100); // What was written just now is looked at again.
  await run(["snapshot", "one"]);
  const one = box.fingerprint("w");
  box.write({ "w/7": "edited" });
  await Bun.sleep(100);
  await run(["snapshot", "two"]);

  // Dies where a copy has been made.
  await run(["restore", "one"], "slot-filled");
  expect(box.fingerprint("w")).toEqual(one);
  box.write({ "w/8": "unsaved" });
  const { signal } = await box.run("w", ["restore", "two"], { env: ENV, failPoint: "slot-filled" });
  expect(signal, "unsaved work is kept by a copy").toBe("SIGKILL");
});
