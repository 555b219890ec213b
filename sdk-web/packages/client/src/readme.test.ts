import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

// The compiler checks the file; this, that readers get the same.
test("the README shows the example that is compiled", () => {
  const readme = readFileSync(new URL("../../../../README.md", import.meta.url), "utf8");
  const example = readFileSync(new URL("../examples/revenue.ts", import.meta.url), "utf8");
  expect(readme).toContain("```ts\n" + example + "```");
});
