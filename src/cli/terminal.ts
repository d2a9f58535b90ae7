import type { Io, Look } from "./io.ts";

const COLOURS = {
  bold: "1",
  dim: "2",
  red: "31",
  green: "32",
  yellow: "33",
  blue: "34",
  magenta: "35",
  cyan: "36",
} as const;

export type Colour = keyof typeof COLOURS;

/** Puts the cursor at the start of the line and clears it. */
export const CLEAR_LINE = "\r\u001b[K";

/** How stdout is to look: colour only on a terminal, and never when someone asked for none. */
export function chooseLook(
  io: Io,
  wishes: { readonly quiet: boolean; readonly "no-color": boolean },
): Look {
  const terminal = io.outIsTerminal;
  return {
    terminal,
    colour: terminal && !io.noColor && !wishes["no-color"],
    quiet: wishes.quiet,
  };
}

/** The text in colour, where there is colour. */
export function paint(look: Look, colour: Colour, text: string): string {
  return look.colour && text !== "" ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text;
}

/**
 * Text that others wrote, safe to print as part of a line: control characters, which could move
 * the cursor or start a new line, become `\xNN`.
 */
export function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (char) => {
    const code = char.charCodeAt(0).toString(16);
    return char === "\n" ? "\\n" : code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, "0")}`;
  });
}

/**
 * Writes lines for people to stderr, the one way for all but the progress line. Notes, refs and paths
 * in them come from others: of control characters only line ends and tabs are let through.
 */
export function tell(io: Io, text: string): void {
  io.err(`${inLines(text)}\n`);
}

/** The same for text that goes to stdout, where {@link paint} puts colours in. */
export function inLines(
  text: string,
  { colour }: { readonly colour: boolean } = NO_COLOUR,
): string {
  const kept = colour ? LINES_AND_COLOURS : LINES;
  return text
    .split(kept)
    .map((piece, at) => (at % 2 === 0 ? onOneLine(piece) : piece))
    .join("");
}

const NO_COLOUR = { colour: false };
/** With brackets, so that `split` keeps what it splits at. */
const LINES = /([\n\t])/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours begin so.
const LINES_AND_COLOURS = /([\n\t]|\u001b\[\d+m)/;
