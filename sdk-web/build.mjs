// Builds and tests the npm packages. Run by `mvn verify`; by hand: `npm run build` after
// `mvn -pl proto generate-resources`, which lays out the contract's imports.
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

install();
run("npm", "run", "--silent", "generate");
run("npm", "run", "--silent", "check");
// So that a file that is gone from the sources is gone from the package too.
rmSync(join(here, "packages/client/dist"), { recursive: true, force: true });
run("npm", "run", "--silent", "dist");
// Whoever installs the package gets what its exports name, and nothing else.
run(process.execPath, "--input-type=module", "--eval", 'await import("@millrace/client");');

/** Installs what package-lock.json names, unless that is what is installed. */
function install() {
  const installed = join(here, "node_modules/.package-lock.json");
  const wanted = join(here, "package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) {
    return;
  }
  // No package that is needed here has to run anything when it is installed.
  run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
}

function run(command, ...args) {
  const result = spawnSync(command, args, { cwd: here, stdio: "inherit" });
  if (result.error) {
    console.error(`${command}: ${result.error.message}`);
  }
  if (result.status !== 0) {
    process.exit(1);
  }
}
