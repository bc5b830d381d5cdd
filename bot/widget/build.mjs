// Bundles the widget into the folder named on the command line: page.js, page.css and the loader widget.js.
import { build } from "esbuild";
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) throw new Error("name the folder to build into");
await mkdir(out, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: ["src/page.ts", "src/page.css", "src/widget.ts"],
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022", "chrome108", "firefox115", "safari16"],
  legalComments: "none",
  logLevel: "warning",
});
await copyFile(join(here, "icon.svg"), join(out, "icon.svg"));
