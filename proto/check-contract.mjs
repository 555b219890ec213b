// Lints the contract with Buf and checks that it breaks nothing that was promised. Run by
// `mvn verify`; by hand: `node check-contract.mjs` after `mvn -pl proto generate-resources`.
//
// Compared with is, in this order:
//   1. the commit that MILLRACE_CONTRACT_BASE names, for instance a release;
//   2. on a branch, the commit where it left main;
//   3. on main, with changes not yet committed, the last commit;
//   4. on a clean main, the commit before the last one that changed the contract, since comparing
//      main with itself would find nothing.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const SOURCES = "src/main/proto";
const here = dirname(fileURLToPath(import.meta.url));

installBuf();
runBuf("lint");
const base = findBase();
if (base.commit) {
  checkOut(base.commit, join(here, "target/base"));
  runBuf("breaking", "--against", "target/base", "--exclude-imports");
  console.log(`contract: breaks nothing of ${base.commit} (${base.reason})`);
} else {
  console.log(`contract: not compared with an earlier one (${base.reason})`);
}

/** Installs what package-lock.json names, unless that is what is installed. */
function installBuf() {
  const installed = join(here, "node_modules/.package-lock.json");
  const wanted = join(here, "package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) {
    return;
  }
  // Buf's install script only replaces a launcher written in JavaScript.
  run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
}

function findBase() {
  if (git("rev-parse", "--git-dir") === undefined) {
    return { reason: "not a git checkout" };
  }
  const named = process.env.MILLRACE_CONTRACT_BASE;
  if (named) {
    return withContract(named, "named by MILLRACE_CONTRACT_BASE");
  }
  const head = git("rev-parse", "--verify", "--quiet", "HEAD");
  if (!head) {
    return { reason: "nothing is committed" };
  }
  for (const main of ["origin/main", "main"]) {
    const fork = git("merge-base", "HEAD", main);
    if (fork && fork !== head) {
      return withContract(fork, `where this branch left ${main}`);
    }
  }
  if (git("status", "--porcelain", "--", SOURCES)) {
    return withContract(head, "the last commit");
  }
  const lastChange = git("log", "-1", "--format=%h", "--", SOURCES);
  return lastChange
    ? withContract(`${lastChange}~1`, "before the contract's last change")
    : { reason: "no commit has a contract" };
}

/** A base without a contract is none; so is one before the first commit or the edge of a clone. */
function withContract(revision, reason) {
  const commit = git("rev-parse", "--verify", "--quiet", "--short", `${revision}^{commit}`);
  if (!commit) {
    return { reason: `this clone has no ${revision}` };
  }
  return git("ls-tree", "-r", "--name-only", commit, "--", SOURCES)
    ? { commit, reason }
    : { reason: `${commit}, ${reason}, has no contract` };
}

/** Lays out the contract of a commit as this folder is, so that the same buf.yaml fits it. */
function checkOut(commit, folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, "contract.tar");
  run("git", ["archive", "--format=tar", `--output=${archive}`, commit, SOURCES]);
  run("tar", ["-xf", archive, "-C", folder]);
  cpSync(join(here, "buf.yaml"), join(folder, "buf.yaml"));
  cpSync(join(here, "target/imports"), join(folder, "target/imports"), { recursive: true });
}

function runBuf(...args) {
  run(process.execPath, [join(here, "node_modules/@bufbuild/buf/bin/buf"), ...args]);
}

/** Trimmed output, or undefined where git fails or is missing. */
function git(...args) {
  const result = spawnSync("git", args, { cwd: here, encoding: "utf8" });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

function run(command, args) {
  const result = spawnSync(command, args, { cwd: here, stdio: "inherit" });
  if (result.error) {
    console.error(`${command}: ${result.error.message}`);
  }
  if (result.status !== 0) {
    process.exit(1);
  }
}
