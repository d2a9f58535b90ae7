import type { Figures, Row, Spread } from "./row.ts";

const HEADINGS = [
  "goal",
  "work",
  "file system",
  "against",
  "ratio (rounds)",
  "wanted",
  "met",
  "jvs ms (min-max)",
  "peer ms (min-max)",
  "CPU ms",
  "RSS MiB",
];

/** One line for each row, under one line of headings. */
export function renderTable(rows: readonly Row[]): string {
  const lines = [HEADINGS, ...rows.map(cellsOf)];
  const widths = HEADINGS.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines
    .map((line) => line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  "))
    .map((line) => line.trimEnd())
    .join("\n");
}

function cellsOf(row: Row): string[] {
  const { jvs, peer, ratio } = row;
  return [
    row.goal,
    row.work,
    row.fileSystem,
    row.against,
    ratio ? `${ratio.ofMedians.toFixed(2)} (${range(ratio.pairs, 2)})` : "-",
    wantedOf(row),
    verdictOf(row),
    times(jvs, row.unit),
    peer ? times(peer, row.unit) : "-",
    both(row, ({ cpuMs }) => cpuMs.median),
    both(row, ({ rssMb }) => rssMb),
  ];
}

function wantedOf({ atMost, atMostMs }: Row): string {
  if (atMost !== undefined) return `<= ${atMost}`;
  return atMostMs === undefined ? "-" : `<= ${atMostMs} ms`;
}

function verdictOf({ isMet }: Row): string {
  if (isMet === undefined) return "-";
  return isMet ? "yes" : "NO";
}

function times({ ms }: Figures, unit: Row["unit"]): string {
  if (unit !== undefined) return `${ms.median.toFixed(0)} ${unit}`;
  const digits = ms.median < 100 ? 1 : 0;
  return `${ms.median.toFixed(digits)} (${range(ms, digits)})`;
}

function range({ min, max }: Spread, digits: number): string {
  return `${min.toFixed(digits)}-${max.toFixed(digits)}`;
}

function both(row: Row, value: (figures: Figures) => number | undefined): string {
  const { jvs, peer } = row;
  if (row.unit !== undefined) return "-";
  return [jvs, ...(peer ? [peer] : [])].map((one) => value(one)?.toFixed(0) ?? "?").join(" / ");
}
