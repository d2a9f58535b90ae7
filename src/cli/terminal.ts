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
