/** Where the command's name stands among the words: the first one that is no flag; -1 where there is none. */
export function indexOfName(words: readonly string[]): number {
  return words.findIndex((word) => word === "-" || !word.startsWith("-"));
}
