import assert from "node:assert/strict";
import { join } from "node:path";
import { pageFor } from "../../lib/cli/_page.ts";
import { report } from "../../lib/cli/report.ts";
import { DatasetError } from "../../lib/dataset/mod.ts";
import { projectRoot } from "../../lib/files/mod.ts";
import { HubError } from "../../lib/hub/mod.ts";
import { BackboneError, ModelError } from "../../lib/model/mod.ts";
import { NotebookError } from "../../lib/notebook/mod.ts";
import { inTempFolder } from "../_fixtures.ts";

Deno.test("what stops a newcomer leads to a page that is there", async () => {
  for (const Kind of [DatasetError, HubError, BackboneError, ModelError, NotebookError]) {
    const [page] = pageFor(new Kind("x"))!.split(" ");
    assert.ok((await Deno.stat(join(projectRoot(), page))).isFile, page);
  }
  assert.equal(pageFor(new TypeError("x")), null);
  assert.equal(pageFor("x"), null);
});

Deno.test("report: a folder that cannot be used is said in one line, and the page about it in the next", () =>
  inTempFolder(async (folder) => {
    const errors: string[] = [];
    const status = await report(["--data", join(folder, "none"), "--engine", "cpu", "--out", join(folder, "out")], {
      print: () => {},
      printError: (text) => void errors.push(text),
    });
    assert.equal(status, 1);
    assert.match(errors[0], /^Cannot open ".*none": it does not exist\. Name a folder with one sub-folder per class$/);
    assert.equal(errors[1], "docs/own-data.md says more.");
  }));
