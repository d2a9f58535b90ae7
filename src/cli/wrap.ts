/** How wide help is: what every terminal has. */
export const HELP_WIDTH = 80;
/** Explanations narrower than this read badly beside a word: then they stand below it. */
const LEAST_WIDTH = 30;
/** Words longer than this stand on a line of their own. */
const MOST_LEFT = 36;

/** Prose on lines of at most `width` characters; blank lines stay, and so do lines that begin with a space. */
export function wrapProse(text: string, width: number = HELP_WIDTH): string {
  return text
    .split("\n\n")
    .map((paragraph) =>
      paragraph.startsWith(" ") ? paragraph : wrapLine(paragraph, width).join("\n"),
    )
    .join("\n\n");
}

/** Two columns, the right one wrapped; the left one is at least `atLeast` wide. */
export function columns(rows: readonly (readonly [string, string])[], atLeast = 0): string {
  const short = rows.map(([left]) => left.length).filter((length) => length <= MOST_LEFT);
  const width = Math.max(atLeast, 4, ...short);
  const room = Math.max(LEAST_WIDTH, HELP_WIDTH - width - 4);
  const lines = rows.flatMap(([left, right]) => {
    if (left.length > width) return fitLong(left, right, width);
    const [first = "", ...rest] = wrapLine(right, room);
    return [
      `  ${left.padEnd(width)}  ${first}`,
      ...rest.map((line) => " ".repeat(width + 4) + line),
    ];
  });
  return lines.map((line) => line.trimEnd()).join("\n");
}

/** On one line where that fits, else with the explanation below. */
function fitLong(left: string, right: string, width: number): string[] {
  if (left.length + right.length + 4 <= HELP_WIDTH) return [`  ${left}  ${right}`];
  const indent = " ".repeat(Math.min(width + 4, 10));
  return [`  ${left}`, ...wrapLine(right, HELP_WIDTH - indent.length).map((line) => indent + line)];
}

function wrapLine(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
