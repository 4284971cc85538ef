// Opens pages that the tool wrote in Debian's Chromium and looks at them as a person would. The last line counts as ./test does.
import { readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../../", import.meta.url));
const browserPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const counts = { passed: 0, failed: 0, skipped: 0 };
const tests = [];
const test = (name, body) => tests.push({ name, body });
const check = (condition, text) => {
  if (!condition) throw new Error(text);
};

/** A page of the tool on some drivers, open in a browser; whatever the console says is an error. */
async function open(browser, folder, drivers, options = {}) {
  const file = join(folder, drivers.join("+") + ".html");
  if (!existsSync(file)) {
    const tool = join(root, "src/LastRef.Cli/bin/Release/net10.0/lastref.dll");
    try {
      execFileSync("dotnet", [tool, "check", ...drivers.map((name) => join(root, "drivers/bin", name + ".sys")), "--summary", "--html", file], { stdio: "ignore" });
    } catch (error) {
      check([1, 2].includes(error.status), `the tool ended with ${error.status}`); // findings and what could not be judged are expected
    }
  }
  const context = await browser.newContext({ viewport: { width: 1200, height: 1000 }, ...options });
  const page = await context.newPage();
  page.said = [];
  page.on("console", (message) => page.said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => page.said.push(`error: ${error.message}`));
  page.on("request", (request) => request.url().startsWith("file:") || request.url().startsWith("data:") || page.said.push(`request: ${request.url()}`));
  await page.goto("file://" + file);
  await page.waitForSelector("#graph[data-nodes]");
  return page;
}

test("the picture of a driver that stays is drawn, with the device that keeps it", async (browser, folder) => {
  const page = await open(browser, folder, ["model-hybrid-stays"]);
  check((await page.textContent("h1")).includes("stays"), "the verdict is not on top");
  check(Number(await page.getAttribute("#graph", "data-nodes")) >= 3, "too few nodes");
  check((await page.getAttribute("#graph", "aria-label")).includes("ModelHybridControl"), "the holder is not named");
  check(await page.locator("#graph canvas").count() > 0, "nothing is drawn");
  const painted = await page.evaluate(() => [...document.querySelectorAll("#graph canvas")].some((canvas) =>
    canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((byte) => byte !== 0)));
  check(painted, "the canvas is empty");
});

test("following a reference shows its taking, and that it was never given back", async (browser, folder) => {
  const page = await open(browser, folder, ["r32-defect"]);
  const never = page.locator("tr.never").last();
  await never.getByRole("button", { name: "Follow" }).click();
  check(await never.evaluate((row) => row.classList.contains("chosen")), "the row is not chosen");
  check(await page.locator("svg .take").count() === 1, "the taking is not marked");
  check(await page.locator("svg .release").count() === 0, "a release is marked that never was");
  check((await page.textContent("#told")).includes("never given back"), "it is not said");
  const over = page.locator("tbody tr:not(.never)").first();
  await over.getByRole("button", { name: "Follow" }).click();
  check(await page.locator("svg .release").count() === 1, "the release is not marked");
});

test("scenarios and drivers are chosen with the keyboard alone", async (browser, folder) => {
  const page = await open(browser, folder, ["model-legacy", "r32-defect"]);
  await page.getByRole("button", { name: "r32-defect.sys" }).focus();
  await page.keyboard.press("Enter");
  check((await page.textContent("h1")).startsWith("r32-defect.sys"), "the driver did not change");
  await page.getByRole("button", { name: "failed-entry" }).focus();
  await page.keyboard.press("Enter");
  check((await page.textContent("h2")).startsWith("failed-entry"), "the scenario did not change");
  await page.locator(".event").first().focus();
  await page.keyboard.press("Enter");
  check((await page.textContent("#told")).length > 3, "the event is not told");
});

test("the story has a lane for each who acts, the two steps of the unload, and a curve that ends where the count ends", async (browser, folder) => {
  const page = await open(browser, folder, ["r32-defect"]);
  const lanes = await page.locator("svg text.lane").allTextContents();
  check(lanes.includes("service control manager") && lanes.includes("the driver"), lanes.join(", "));
  check(await page.locator(".band.attempt").count() === 1 && await page.locator(".band.image").count() === 1, "the two steps are not shown");
  check((await page.locator("g.chart").first().getAttribute("aria-label")).endsWith("1 at the end"), "the curve does not end at one");
});

test("each of several findings says that the others would remain", async (browser, folder) => {
  const page = await open(browser, folder, ["several-defect"]);
  const cards = await page.locator("article.finding.bad").allTextContents();
  check(cards.length === 3, `${cards.length} findings`);
  check(cards.every((card) => card.includes("would remain")), cards.join(" | "));
});

for (const scheme of ["light", "dark"]) {
  test(`there are no serious findings of accessibility (${scheme})`, async (browser, folder) => {
    const page = await open(browser, folder, ["model-hybrid-stays"], { colorScheme: scheme, bypassCSP: true });
    await page.addScriptTag({ content: await readFile(fileURLToPath(new URL("../node_modules/axe-core/axe.min.js", import.meta.url)), "utf8") });
    const found = await page.evaluate(() => window.axe.run());
    const serious = found.violations.filter((violation) => ["serious", "critical"].includes(violation.impact));
    check(serious.length === 0, serious.map((violation) => `${violation.id}: ${violation.nodes[0].html}`).join("; "));
  });
}

test("a name that is markup stays text", async (browser, folder) => {
  const page = await open(browser, folder, ["model-legacy"]);
  const text = await readFile(fileURLToPath(new URL(page.url())), "utf8");
  const json = text.slice(text.indexOf('id="reports">') + 13, text.indexOf("</script>"));
  check(!json.includes("<"), "the reports hold a raw <");
});

test("the page of a dump says what was read and that there is no timeline, and has nothing empty", async (browser, folder) => {
  const [dump, file] = [join(folder, "r13.dmp"), join(folder, "dump.html")];
  const tool = join(root, "src/LastRef.Cli/bin/Release/net10.0/lastref.dll");
  for (const words of [["check", join(root, "drivers/bin/r13-defect.sys"), "--scenario", "start-stop", "--dump", dump], ["dump", dump, "r13-defect", "--html", file]]) {
    try {
      execFileSync("dotnet", [tool, ...words], { stdio: "ignore" });
    } catch (error) {
      check(error.status === 1, `the tool ended with ${error.status}`); // findings are expected
    }
  }
  const page = await browser.newPage();
  await page.goto("file://" + file);
  await page.waitForSelector("#graph[data-nodes]");
  // The page's script and data stand in the body too, and have every label.
  const text = await page.evaluate(() => {
    const body = document.body.cloneNode(true);
    for (const element of body.querySelectorAll("script, style")) element.remove();
    return body.textContent;
  });
  check(text.includes("A dump has no timeline"), "it is not said that there is no timeline");
  check(text.includes("build 19041"), "the dump is not described");
  check(!text.includes("SHA-256") && !text.includes("lastref replay"), "there are lines without content");
  check(Number(await page.getAttribute("#graph", "data-nodes")) >= 2, "the holder is not drawn");
  await page.close();
});

const folder = mkdtempSync(join(tmpdir(), "lastref-web-"));
if (!existsSync(browserPath)) {
  counts.skipped = tests.length;
  console.log(`    skipped: needs Debian's chromium at ${browserPath}`);
} else {
  const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
  for (const { name, body } of tests) {
    try {
      const before = browser.contexts().length;
      await body(browser, folder);
      for (const context of browser.contexts().slice(before)) {
        for (const page of context.pages()) check(page.said.length === 0, page.said.join("; "));
        await context.close();
      }
      counts.passed++;
    } catch (error) {
      counts.failed++;
      console.log(`    FAILED ${name}: ${error.message}`);
    }
  }
  await browser.close();
}
rmSync(folder, { recursive: true });
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;
