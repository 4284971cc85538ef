// Writes docs/report.png: the page on a driver that stays, as the README shows it. Run after a build of the tool.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../", import.meta.url));
const file = join(tmpdir(), `lastref-${process.pid}.html`);
try {
  execFileSync("dotnet", [join(root, "src/LastRef.Cli/bin/Release/net10.0/lastref.dll"), "check", join(root, "drivers/bin/model-hybrid-stays.sys"), "--summary", "--html", file], { stdio: "ignore" });
} catch (error) {
  if (error.status !== 1) throw error; // the finding is what is shown
}
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1100, height: 1330 } });
await page.goto("file://" + file);
await page.waitForSelector("#graph[data-nodes]");
await page.locator("tr.never").last().getByRole("button").click();
await page.evaluate(() => scrollTo(0, 0));
await page.waitForTimeout(300);
await page.screenshot({ path: join(root, "docs/report.png") });
await browser.close();
rmSync(file);
