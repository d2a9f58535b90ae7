/** What a file of settings holds, or in words why that makes no sense, with the line. */
export type YamlRead = { readonly value: unknown } | { readonly fault: string };

/**
 * Reads YAML as every part of jvs must: the same text makes the same sense, or none, to those who read
 * it and to those who change it. Bun's parser is fast and lenient, so what is out of the ordinary, a
 * key that occurs twice among it, is left to the one that knows lines.
 */
export async function readYaml(text: string): Promise<YamlRead> {
  if (isPlain(text)) {
    try {
      return { value: Bun.YAML.parse(text) ?? null };
    } catch {
      // The other one says where.
    }
  }
  const { LineCounter, parseDocument } = await import("yaml");
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line ?? 1;
    return { fault: `line ${line}: ${reasonOf(error.code, error.message)}` };
  }
  try {
    return { value: document.toJS() ?? null };
  } catch (error) {
    return { fault: await describeAlias(document, lineCounter, error) };
  }
}

/** Nothing in it but comments, and keys that occur once. */
function isPlain(text: string): boolean {
  // Anchors, aliases, tags, directives, merges, complex keys, further documents, escapes.
  if (/(^|[\s[{,:-])[&*!%?]|\\|<<|^---|^\.\.\./m.test(text)) return false;
  const keys = [...text.matchAll(/(?:^|[\s{,])(["']?)([\w.-]+)\1\s*:(?=\s|$)/gm)].map(
    ([, , key]) => key,
  );
  return new Set(keys).size === keys.length;
}

function reasonOf(code: string, message: string): string {
  if (code === "MULTIPLE_DOCS") return "a second document begins here, settings are one";
  if (code === "DUPLICATE_KEY") return "this key is there twice";
  const [reason = "it is no YAML"] = message.split("\n");
  return reason.replace(/ at line \d+, column \d+:?$/, "");
}

type Yaml = typeof import("yaml");

/** The first alias that leads nowhere, or else the first of too many. */
async function describeAlias(
  document: ReturnType<Yaml["parseDocument"]>,
  lines: InstanceType<Yaml["LineCounter"]>,
  error: unknown,
): Promise<string> {
  const { visit } = await import("yaml");
  const anchors = new Set<string>();
  const aliases: { readonly line: number; readonly name: string; readonly leads: boolean }[] = [];
  visit(document, {
    Alias(_key, { source: name, range }) {
      const { line } = lines.linePos(range?.[0] ?? 0);
      aliases.push({ line, name, leads: anchors.has(name) });
    },
    // An alias counts from its anchor on: nodes are met in the order of the text.
    Value(_key, { anchor }) {
      if (anchor !== undefined) anchors.add(anchor);
    },
  });
  const [first] = aliases.filter(({ leads }) => !leads);
  if (first !== undefined) return `line ${first.line}: nothing is called &${first.name}`;
  if (aliases[0] !== undefined) return `line ${aliases[0].line}: there are too many aliases`;
  return error instanceof Error ? error.message : String(error);
}
