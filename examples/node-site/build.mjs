// Stands for any tool that builds a site into dist/.
import { mkdirSync, writeFileSync } from "node:fs";

mkdirSync("dist/assets", { recursive: true });
writeFileSync("dist/assets/app-0a1b2c3d.js", 'document.querySelector("p").textContent = location.pathname;\n');
writeFileSync(
  "dist/index.html",
  `<!doctype html>\n<title>Built by Node</title>\n<p>Hello from a site that Node built</p>\n<script src="/assets/app-0a1b2c3d.js"></script>\n`,
);
