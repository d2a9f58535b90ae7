/**
 * What `JSON.stringify(value, null, 2)` makes of a value, piece by piece. Iterables other than arrays
 * are written as arrays, each element made when it is its turn; they stand in plain objects.
 */
export function* jsonPieces(value: unknown, indent = ""): Generator<string> {
  if (isList(value)) yield* listPieces(value, indent);
  else if (isPlainObject(value)) yield* objectPieces(value, indent);
  else yield inLine(value, indent);
}

function* listPieces(list: Iterable<unknown>, indent: string): Generator<string> {
  let isEmpty = true;
  for (const element of list) {
    yield `${isEmpty ? "[" : ","}\n${indent}  ${inLine(element, `${indent}  `)}`;
    isEmpty = false;
  }
  yield isEmpty ? "[]" : `\n${indent}]`;
}

function* objectPieces(object: object, indent: string): Generator<string> {
  let isEmpty = true;
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined || typeof value === "function") continue;
    yield `${isEmpty ? "{" : ","}\n${indent}  ${JSON.stringify(key)}: `;
    yield* jsonPieces(value, `${indent}  `);
    isEmpty = false;
  }
  yield isEmpty ? "{}" : `\n${indent}}`;
}

/** No string in JSON holds the end of a line itself. */
function inLine(value: unknown, indent: string): string {
  const text = JSON.stringify(value, null, 2) ?? "null";
  return indent === "" ? text : text.replaceAll("\n", `\n${indent}`);
}

function isList(value: unknown): value is Iterable<unknown> {
  if (!isObject(value) || Array.isArray(value) || "toJSON" in value) return false;
  return Symbol.iterator in value;
}

function isPlainObject(value: unknown): value is object {
  return isObject(value) && !Array.isArray(value) && !("toJSON" in value);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** The same as a text of its own, which ends its line. */
export function* jsonText(value: unknown): Generator<string> {
  yield* jsonPieces(value);
  yield "\n";
}
