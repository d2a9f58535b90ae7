import { inWords } from "../../model/raw-path.ts";
import type {
  OtherDamage,
  SnapshotVerdict,
  VerifiedDamage,
  VerifyReport,
} from "../../model/verify-report.ts";
import type { Look } from "../io.ts";
import { onOneLine, paint } from "../terminal.ts";
import { countOf, formatSize } from "./numbers.ts";

/** Damaged paths that are listed for one snapshot in a list of many; the rest is counted. */
const MOST_PATHS = 20;
/** Damages that no snapshot tells of, of one kind. */
const MOST_OTHERS = 10;

/** The answer to `jvs verify <ref>`. */
export function renderVerdict(verdict: SnapshotVerdict): string {
  const { snapshot_id, checksum_valid, payload_hash_valid, error, quick, damage = [] } = verdict;
  return [
    `Snapshot: ${snapshot_id}`,
    `  Checksum: ${checksum_valid}`,
    `  Payload hash: ${quick === true ? "not checked (--quick)" : payload_hash_valid}`,
    ...(error === undefined ? [] : [`  TAMPER DETECTED: ${onOneLine(error)}`]),
    ...damage.map((one) => `    ${describeDamage(one)}`),
  ].join("\n");
}

/** The answer to `jvs verify`: a line a snapshot, and below a damaged one its damaged paths. */
export function renderVerdicts({ verdicts }: VerifyReport, look: Look): string {
  return verdicts.flatMap((verdict) => verdictLines(verdict, look)).join("\n");
}

function verdictLines(
  { snapshot_id, tamper_detected, error, damage }: SnapshotVerdict,
  look: Look,
): string[] {
  if (!tamper_detected) return [`${snapshot_id}  ${paint(look, "green", "OK")}`];
  const paths = damage ?? [];
  const more = paths.length - MOST_PATHS;
  return [
    `${snapshot_id}  ${paint(look, "red", "TAMPERED")}`,
    ...(damage === undefined ? [`    ${onOneLine(error ?? "")}`] : []),
    ...paths.slice(0, MOST_PATHS).map((one) => `    ${describeDamage(one)}`),
    ...(more > 0 ? [`    ... and ${more} more (jvs verify ${snapshot_id})`] : []),
  ];
}

function describeDamage(damage: VerifiedDamage): string {
  const { part, object, why, file, readable } = damage;
  const path = inWords(damage);
  const what = part === "content" ? path : `${path} (${PARTS[part]})`;
  const where = file === null ? "" : ` in ${inWords({ ...damage, path: file })}`;
  return `${what}: ${onOneLine(why)}; object ${object}${where}${readable ? "; it can still be read" : ""}`;
}

const PARTS: Readonly<Record<VerifiedDamage["part"], string>> = {
  content: "",
  folder: "the folder and all below it",
  attributes: "its attributes",
  links: "which of its paths are one file",
};

/** What belongs on stderr: damage that no snapshot tells of, what was not looked at, what to do. */
export function warnOfVerify(report: VerifyReport, isOne: boolean): string {
  const { quick, damaged, verdicts, objects, bytes } = report;
  const count = verdicts.filter(({ tamper_detected }) => tamper_detected).length;
  const read = quick
    ? "Quick: only records, folders and checksums were compared; leave out --quick to hash all content"
    : "";
  return [
    ...othersLines(report),
    ...(damaged && !isOne
      ? [
          `${countOf(count, "damaged snapshot")} of ${verdicts.length}${quick ? "" : `; ${countOf(objects, "object")}, ${formatSize(bytes)} read`}`,
        ]
      : []),
    ...(damaged
      ? ["Next: jvs doctor --repair heals what a workspace or another copy still holds"]
      : []),
    read,
  ]
    .filter((line) => line !== "")
    .join("\n");
}

function othersLines({ others, needIsUnknown }: VerifyReport): string[] {
  const need = needIsUnknown
    ? "Damaged, and unknown who needs it, as folders cannot be read"
    : "Damaged, though no snapshot needs it";
  const ofFiles = others.filter(({ object }) => object === null);
  // One object may be damaged in several files.
  const ofObjects = new Map(
    others.filter(({ object }) => object !== null).map((one) => [one.object, one]),
  );
  return [
    ...firstOf(ofFiles, ({ file, why }) => `Damaged: ${file}: ${why}`),
    ...firstOf(
      [...ofObjects.values()],
      ({ file, why, object }) => `${need}: ${file}: ${why} (object ${object})`,
    ),
  ];
}

function firstOf(others: readonly OtherDamage[], tell: (one: OtherDamage) => string): string[] {
  const more = others.length - MOST_OTHERS;
  const lines = others.slice(0, MOST_OTHERS).map((one) => onOneLine(tell(one)));
  return more > 0
    ? [...lines, `... and ${more} more (jvs doctor --strict --json has them all)`]
    : lines;
}
