using System.Net.Http.Headers;
using Attachments.Client;
using Attachments.Clients;

var (address, token) = (args[0], Environment.GetEnvironmentVariable("TOKEN")!);
using var http = new HttpClient { BaseAddress = new Uri(address) };
http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
var client = new AttachmentsClient(http);
var run = Guid.NewGuid().ToString("N");

// Sessions: create, upload the bytes themselves, download a range, list by page, an error, a conditional write.
var points = new Dictionary<string, object> { ["site"] = "north shore" };
var created = await client.PostSessionAsync(7, new SessionInput { Session = new SessionFieldsInput { Uuid = run, Unit_id = "nswag", Data = points } });
Expect.Equal(created.Result.Unit_id, "nswag");
Expect.Equal((await client.PutSessionAttachmentAsync(7, run, "photo", Expect.Bytes("0123456789"), "photo.txt")).Result.Length, 10);
using (var whole = await client.GetSessionAttachmentAsync(7, run, "photo"))
{
    Expect.Equal(await Expect.Text(whole.Stream), "0123456789");
}

using (var range = await client.GetSessionAttachmentAsync(7, run, "photo", range: "bytes=2-4"))
{
    Expect.Equal(range.StatusCode, 206);
    Expect.Equal(await Expect.Text(range.Stream), "234");
}

await client.PostSessionAsync(7, new SessionInput { Session = new SessionFieldsInput { Unit_id = "nswag", Data = points } });
var page = await client.GetSessionsAsync(7, limit: 1);
Expect.Equal(page.Result.Count, 1);
Expect.Equal((await client.GetSessionsAsync(7, after: page.Next)).Result.Count > 0, true);
var missing = await Expect.Throws<ApiException<Problem>>(() => client.GetSessionAsync(7, "none"));
Expect.Equal(missing.Result.Code, "session_not_found");
Expect.Equal(missing.Result.Detail!.Length > 0, true);
var taken = await Expect.Throws<ApiException<Problem>>(
    () => client.PutSessionAttachmentAsync(7, run, "photo", Expect.Bytes("x"), if_None_Match: "*"));
Expect.Equal(taken.StatusCode, 412);

// Records.
foreach (var id in new[] { "1", "2" })
{
    var attributes = new Dictionary<string, object> { ["title"] = "Lease" };
    var record = new RecordInput { Data = new RecordResourceInput { Type = "record", Attributes = attributes } };
    Expect.Equal((await client.PutRecordAsync(run, id, record)).Data.Id, $"{run}/{id}");
}

await client.PostRecordAttachmentAsync(run, "1", "logo.txt", new FileParameter(Expect.Bytes("0123456789"), "logo.txt", "text/plain"));
using (var range = await client.GetRecordAttachmentAsync(run, "1", "logo.txt", range: "bytes=2-4"))
{
    Expect.Equal(await Expect.Text(range.Stream), "234");
}

Expect.Equal((await client.GetRecordAttachmentsAsync(run, "1")).Data.Single().Attributes.Size, 10);
var first = await client.GetRecordsAsync(run, pagesize: 1);
Expect.Equal(first.Data.Count, 1);
var after = Uri.UnescapeDataString(first.Links!.Next.Split("page%5Bafter%5D=")[1]);
Expect.Equal((await client.GetRecordsAsync(run, pagesize: 1, pageafter: after)).Data.Single().Id, $"{run}/2");
var conflict = await Expect.Throws<ApiException<JsonApiErrors>>(() => client.PostRecordAsync(
    run, new RecordInput { Data = new RecordResourceInput { Type = "record", Id = $"{run}/1" } }));
Expect.Equal(conflict.Result.Errors.First().Code, "record_exists");
Expect.Equal(conflict.Result.Errors.First().Detail.Length > 0, true);
Expect.Equal((await Expect.Throws<ApiException<JsonApiErrors>>(() => client.DeleteRecordAsync(run, "1", if_Match: "\"other\""))).StatusCode, 412);

// Temporary sets: upload several files as a form, list with OData options, claim.
var set = Guid.NewGuid();
var items = await client.PostTemporaryItemsAsync(
    set, files: [new FileParameter(Expect.Bytes("0123456789"), "notes.txt", "text/plain"), new FileParameter(Expect.Bytes("abc"), "more.txt", "text/plain")]);
Expect.Equal(items.Count, 2);
using (var range = await client.GetTemporaryItemContentAsync(items.First().Id, range: "bytes=2-4"))
{
    Expect.Equal(await Expect.Text(range.Stream), "234");
}

var list = await client.GetTemporaryItemsAsync(set, top: 1, skip: 1, orderby: "Size desc", count: true);
Expect.Equal(list.Total, 2);
Expect.Equal(list.Items.Single().FileName, "more.txt");
var stale = await Expect.Throws<ApiException<Problem>>(() => client.DeleteTemporaryItemAsync(set, items.Last().Id, if_Match: "\"other\""));
Expect.Equal(stale.StatusCode, 412);
Expect.Equal((await Expect.Throws<ApiException<Problem>>(() => client.GetTemporaryItemContentAsync(Guid.NewGuid()))).Result.Code, "attachment_not_found");
var claimed = await client.PostTemporarySetClaimAsync(set, new ClaimInput { Record = new RecordClaimInput { FormType = run, Id = "2" } });
Expect.Equal(claimed.Record!.Attachments.Count, 2);

// Owned attachments: upload as a form, change as JSON.
var attachment = await client.PostOwnedAttachmentAsync(
    file: new FileParameter(Expect.Bytes("0123456789"), "notes.txt", "text/plain"), description: run, sequence_map_for: """{"id":5}""");
Expect.Equal(attachment.Description, run);
using (var range = await client.GetOwnedAttachmentContentAsync(attachment.Id, "notes.txt", range: "bytes=2-4"))
{
    Expect.Equal(await Expect.Text(range.Stream), "234");
}

Expect.Equal((await client.GetOwnedAttachmentsAsync(limit: 1)).Count, 1);
using var answer = await http.GetAsync($"/v1/attachments/{attachment.Id}");
var tag = answer.Headers.ETag!.Tag;
var changes = new OwnedAttachmentInput { Description = "new", Sequence_map_for = attachment.Sequence_map_for, Owned_by_org = attachment.Owned_by_org };
Expect.Equal((await client.PatchOwnedAttachmentAsync(attachment.Id, changes, if_Match: tag)).Description, "new");
Expect.Equal((await Expect.Throws<ApiException<Problem>>(() => client.PatchOwnedAttachmentAsync(attachment.Id, changes, if_Match: tag))).Result.Code, "precondition_failed");
await client.DeleteOwnedAttachmentAsync(attachment.Id);
Console.WriteLine("NSwag: all four families");
