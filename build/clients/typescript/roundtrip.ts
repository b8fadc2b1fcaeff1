import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import createClient, { type BodySerializer } from "openapi-fetch";
import type { paths } from "./Generated/api.js";

const client = createClient<paths>({ baseUrl: process.argv[2], headers: { Authorization: `Bearer ${process.env.TOKEN}` } });
const run = randomUUID();

// The types of files are strings in the description; what is sent is what these return.
const raw = (bytes: string) => ({ body: bytes, bodySerializer: () => new Blob([bytes]), headers: { "Content-Type": "application/octet-stream" } });
const form = (fields: Record<string, string | File[]>): BodySerializer<unknown> => () => {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const item of Array.isArray(value) ? value : [value]) data.append(name, item);
  }
  return data;
};
const file = (name: string, text: string) => new File([text], name, { type: "text/plain" });
const jsonApi = { "Content-Type": "application/vnd.api+json" };

// Sessions: create, upload the bytes themselves, download a range, list by page, an error, a conditional write.
const project = { project_id: 7 };
const session = { ...project, session_id: run };
const photo = { ...session, id: "photo" };
const created = await client.POST("/api/v1/project/{project_id}/sessions", {
  params: { path: project },
  body: { session: { uuid: run, unit_id: "typescript", data: { site: "north shore" } } },
});
assert.equal(created.data?.result.unit_id, "typescript");
const point = "/api/v1/project/{project_id}/sessions/{session_id}/attachments/{id}";
assert.equal((await client.PUT(point, { params: { path: photo }, ...raw("0123456789") })).data?.result.length, 10);
const range = await client.GET(point, { params: { path: photo, header: { Range: "bytes=2-4" } }, parseAs: "text" });
assert.equal(range.response.status, 206);
assert.equal(range.data, "234");
await client.POST("/api/v1/project/{project_id}/sessions", { params: { path: project }, body: { session: { unit_id: "typescript" } } });
const page = await client.GET("/api/v1/project/{project_id}/sessions", { params: { path: project, query: { limit: 1 } } });
assert.equal(page.data?.result.length, 1);
const next = await client.GET("/api/v1/project/{project_id}/sessions", { params: { path: project, query: { after: page.data.next } } });
assert.ok(next.data?.result.length);
const missing = await client.GET("/api/v1/project/{project_id}/sessions/{session_id}", { params: { path: { ...project, session_id: "none" } } });
assert.equal(missing.error?.code, "session_not_found");
assert.ok(missing.error.detail);
const taken = await client.PUT(point, { params: { path: photo, header: { "If-None-Match": "*" } }, ...raw("x") });
assert.equal(taken.response.status, 412);
assert.equal(taken.error?.code, "precondition_failed");

// Records.
for (const recordid of ["1", "2"]) {
  const record = await client.PUT("/api/records/{eformtype}/{recordid}", {
    params: { path: { eformtype: run, recordid } },
    headers: jsonApi,
    body: { data: { type: "record", attributes: { title: "Lease" } } },
  });
  assert.equal(record.data?.data.id, `${run}/${recordid}`);
}
const logo = { eformtype: run, recordid: "1", filename: "logo.txt" };
const content = "/api/records/{eformtype}/{recordid}/attachments/content/{filename}";
const uploaded = await client.POST(content, { params: { path: logo }, ...raw("0123456789") });
assert.equal(uploaded.response.status, 200);
assert.equal((await client.GET(content, { params: { path: logo, header: { Range: "bytes=2-4" } }, parseAs: "text" })).data, "234");
const files = await client.GET("/api/records/{eformtype}/{recordid}/attachments", { params: { path: logo } });
assert.equal(files.data?.data[0].attributes.size, 10);
const first = await client.GET("/api/records/{eformtype}", { params: { path: { eformtype: run }, query: { "page[size]": 1 } } });
const after = new URL(first.data!.links!.next).searchParams.get("page[after]")!;
const second = await client.GET("/api/records/{eformtype}", { params: { path: { eformtype: run }, query: { "page[size]": 1, "page[after]": after } } });
assert.equal(second.data?.data[0].id, `${run}/2`);
const conflict = await client.POST("/api/records/{eformtype}", {
  params: { path: { eformtype: run } }, headers: jsonApi, body: { data: { type: "record", id: `${run}/1` } },
});
assert.equal(conflict.error && "errors" in conflict.error && conflict.error.errors[0].code, "record_exists");
const kept = await client.DELETE("/api/records/{eformtype}/{recordid}", { params: { path: logo, header: { "If-Match": '"other"' } } });
assert.equal(kept.response.status, 412);

// Temporary sets: upload several files as a form, list with OData options, claim.
const set = { id: randomUUID() };
const items = await client.POST("/api/temporaryattachmentset/{id}", {
  params: { path: set }, body: { files: [] }, bodySerializer: form({ files: [file("notes.txt", "0123456789"), file("more.txt", "abc")] }),
});
assert.equal(items.data?.length, 2);
const part = await client.GET("/api/attachment/{attachmentId}/contents", {
  params: { path: { attachmentId: items.data[0].Id }, header: { Range: "bytes=2-4" } }, parseAs: "text",
});
assert.equal(part.data, "234");
const list = await client.GET("/api/temporaryattachmentset/{id}", { params: { path: set, query: { $top: 1, $skip: 1, $orderby: "Size desc", $count: true } } });
assert.equal(list.data?.Total, 2);
assert.equal(list.data.Items[0].FileName, "more.txt");
const stale = await client.DELETE("/api/temporaryattachmentset/{id}/attachment/{attachmentId}", {
  params: { path: { ...set, attachmentId: items.data[1].Id }, header: { "If-Match": '"other"' } },
});
assert.equal(stale.response.status, 412);
const nothing = await client.GET("/api/attachment/{attachmentId}/contents", { params: { path: { attachmentId: randomUUID() } } });
assert.equal(nothing.error?.code, "attachment_not_found");
const claimed = await client.POST("/api/temporaryattachmentset/{id}/claim", {
  params: { path: set }, body: { Record: { FormType: run, Id: "2" } },
});
assert.equal(claimed.data?.Record?.Attachments.length, 2);

// Owned attachments: upload as a form, change as JSON.
const owned = await client.POST("/v1/attachments", {
  body: { file: "" }, bodySerializer: form({ file: [file("notes.txt", "0123456789")], description: run }),
});
assert.equal(owned.data?.description, run);
const path = { id: owned.data.id };
const bytes = await client.GET("/v1/uploaded-file/attachment_{id}/{filename}", {
  params: { path: { ...path, filename: "notes.txt" }, header: { Range: "bytes=2-4" } }, parseAs: "text",
});
assert.equal(bytes.data, "234");
const all = await client.GET("/v1/attachments", { params: { query: { limit: 1 } } });
assert.equal(all.data?.length, 1);
assert.ok(all.response.headers.get("X-Total-Count"));
const tag = owned.response.headers.get("ETag")!;
const header = { "If-Match": tag };
assert.equal((await client.PATCH("/v1/attachments/{id}", { params: { path, header }, body: { description: "new" } })).data?.description, "new");
const late = await client.PATCH("/v1/attachments/{id}", { params: { path, header }, body: { description: "newer" } });
assert.equal(late.error?.code, "precondition_failed");
await client.DELETE("/v1/attachments/{id}", { params: { path } });
console.log("openapi-typescript: all four families");
