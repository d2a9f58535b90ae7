import { expect, test } from "vitest";
import { JvsError } from "../model/errors.ts";
import { AdvisedError } from "./advised-error.ts";
import { makeIo, type Printed } from "./fake-io.suite.ts";
import { reportFailure } from "./report-failure.ts";

function report(error: unknown, { json = false, debug = false } = {}): Printed {
  const printed = { out: "", err: "" };
  const io = makeIo({
    out(data) {
      printed.out += String(data);
    },
    err(text) {
      printed.err += text;
    },
  });
  return { status: reportFailure(error, io, { json, debug }), ...printed };
}

test("a failure we foresaw: message, hint, status of its code", () => {
  const error = new JvsError("Cannot lock it: held", {
    code: "E_LOCKED",
    hint: "Wait\nor stop it",
  });

  expect(report(error)).toEqual({
    status: 11,
    out: "",
    err: "jvs: Cannot lock it: held\n  Wait\n  or stop it\n",
  });
});

test("with --json the same on stdout, with details", () => {
  const error = new JvsError("gone", { code: "E_OBJECT_MISSING", details: { object: "ab" } });
  const { status, out, err } = report(error, { json: true });

  expect({ status, err }).toEqual({ status: 12, err: "jvs: gone\n" });
  expect(out).toMatchInlineSnapshot(`
    "{
      "error": {
        "code": "E_OBJECT_MISSING",
        "message": "gone",
        "hint": "",
        "status": 12,
        "details": {
          "object": "ab"
        }
      }
    }
    "
  `);
});

test("a failure of the system says what it means", () => {
  const error = Object.assign(new Error("ENOSPC"), {
    code: "ENOSPC",
    action: "write to",
    path: "a/b",
  });

  const { status, err } = report(error);

  expect(status).toBe(1);
  expect(err).toMatch(/^jvs: Cannot write to "a\/b": no space left on the disk\n {2}Free some/);
});

test.each([
  "not a JVS repository (or any parent)",
  "snapshot 'x' not found",
  "snapshot 'x' not found: there is none",
  "worktree 'x' not found",
])("%j stands without a prefix, as users know it", (message) => {
  expect(report(new JvsError(message, { code: "E_NOT_FOUND" })).err).toBe(`${message}\n`);
});

test("what nobody foresaw is a bug and says so", () => {
  const { status, err } = report(new TypeError("x is undefined"));

  expect(status).toBe(70);
  expect(err).toMatchInlineSnapshot(`
    "jvs: this is a bug in jvs, please report it: TypeError: x is undefined
      Add what \`jvs --debug\` prints with the same command; the repository heals with the next command
    "
  `);
});

test("--debug shows where it comes from, down to the first cause", () => {
  const cause = new Error("the cause");
  const { err } = report(new JvsError("the rest", { code: "E_IO", cause }), { debug: true });

  expect(err).toMatch(/^jvs: the rest\n(.*\n)+caused by: Error: the cause/);
});

test("advice goes where people look, or to stderr when stdout is JSON", () => {
  const error = new AdvisedError(
    new JvsError("detached", { code: "E_DETACHED", hint: "Run `jvs restore HEAD`" }),
    "\nGo back:\n  jvs restore HEAD",
  );

  expect(report(error)).toEqual({
    status: 1,
    out: "\nGo back:\n  jvs restore HEAD\n",
    err: "jvs: detached\n",
  });
  const json = report(error, { json: true });
  expect(json.err).toBe("jvs: detached\n\nGo back:\n  jvs restore HEAD\n");
  expect(JSON.parse(json.out).error.hint).toBe("Run `jvs restore HEAD`");
});

test("control characters in a message cannot move the cursor", () => {
  expect(report(new JvsError("bad \u001b[2J\nname", { code: "E_IO" })).err).toBe(
    "jvs: bad \\x1b[2J\\nname\n",
  );
});
