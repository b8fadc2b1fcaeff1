using Attachments.Client;
using Attachments.Client.Models;
using Attachments.Clients;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;
using Microsoft.Kiota.Http.HttpClientLibrary.Middleware.Options;

var (address, token) = (args[0], Environment.GetEnvironmentVariable("TOKEN")!);
var adapter = new HttpClientRequestAdapter(new BaseBearerTokenAuthenticationProvider(new Token(token))) { BaseUrl = address };
var client = new AttachmentsClient(adapter);
var run = Guid.NewGuid().ToString("N");

// Sessions: create, upload the bytes themselves, download a range, list by page, an error, a conditional write.
var sessions = client.Api.V1.Project[7].Sessions;
var input = new SessionInput { Session = new SessionFieldsInput { Uuid = run, UnitId = "kiota", Data = new SessionFieldsInput_data() } };
input.Session.Data.AdditionalData["site"] = "north shore";
Expect.Equal((await sessions.PostAsync(input))!.Result!.UnitId, "kiota");
var photo = sessions[run].Attachments["photo"];
Expect.Equal((await photo.PutAsync(Expect.Bytes("0123456789")))!.Result!.Length, 10);
Expect.Equal(await Expect.Text(await photo.GetAsync()), "0123456789");
Expect.Equal(await Expect.Text(await photo.GetAsync(it => it.Headers.Add("Range", "bytes=2-4"))), "234");
await sessions.PostAsync(new SessionInput { Session = new SessionFieldsInput { UnitId = "kiota" } });
var page = await sessions.GetAsync(it => it.QueryParameters.Limit = 1);
Expect.Equal(page!.Result!.Count, 1);
Expect.Equal((await sessions.GetAsync(it => it.QueryParameters.After = page.Next))!.Result!.Count > 0, true);
var missing = await Expect.Throws<Problem>(() => sessions["none"].GetAsync());
Expect.Equal(missing.Code, "session_not_found");
Expect.Equal(missing.Message, missing.Detail);
var taken = await Expect.Throws<Problem>(() => photo.PutAsync(Expect.Bytes("x"), it => it.Headers.Add("If-None-Match", "*")));
Expect.Equal(taken.ResponseStatusCode, 412);

// Records.
var records = client.Api.Records[run];
foreach (var id in new[] { "1", "2" })
{
    var record = new RecordInput { Data = new RecordResourceInput { Type = "record", Attributes = new RecordResourceInput_attributes() } };
    record.Data.Attributes.AdditionalData["title"] = "Lease";
    Expect.Equal((await records[id].PutAsync(record))!.Data!.Id, $"{run}/{id}");
}

var logo = records["1"].Attachments.Content["logo.txt"];
await logo.PostAsync(Expect.Bytes("0123456789"), "text/plain");
Expect.Equal(await Expect.Text(await logo.GetAsync(it => it.Headers.Add("Range", "bytes=2-4"))), "234");
Expect.Equal((await records["1"].Attachments.GetAsync())!.Data![0].Attributes!.Size, 10);
var first = await records.GetAsync(it => it.QueryParameters.Pagesize = 1);
Expect.Equal(first!.Data!.Count, 1);
Expect.Equal((await records.WithUrl(first.Links!.Next!).GetAsync())!.Data![0].Id, $"{run}/2");
var conflict = await Expect.Throws<JsonApiErrors>(() => records.PostAsync(
    new RecordInput { Data = new RecordResourceInput { Type = "record", Id = $"{run}/1" } }));
Expect.Equal(conflict.Errors![0].Code, "record_exists");
Expect.Equal(conflict.Errors[0].Detail!.Length > 0, true);
await Expect.Throws<JsonApiErrors>(() => records["1"].DeleteAsync(it => it.Headers.Add("If-Match", "\"other\"")));

// Temporary sets: upload several files as a form, list with OData options, claim.
var set = client.Api.Temporaryattachmentset[Guid.NewGuid()];
var files = new MultipartBody();
files.AddOrReplacePart("notes", "text/plain", Expect.Bytes("0123456789"), "notes.txt");
files.AddOrReplacePart("more", "text/plain", Expect.Bytes("abc"), "more.txt");
var items = await set.PostAsync(files);
Expect.Equal(items!.Count, 2);
Expect.Equal(await Expect.Text(await client.Api.Attachment[items[0].Id!.Value].Contents.GetAsync(it => it.Headers.Add("Range", "bytes=2-4"))), "234");
var list = await set.GetAsync(it =>
{
    it.QueryParameters.Top = 1;
    it.QueryParameters.Skip = 1;
    it.QueryParameters.Orderby = "Size desc";
    it.QueryParameters.Count = true;
});
Expect.Equal(list!.Total, 2);
Expect.Equal(list.Items![0].FileName, "more.txt");
var item = set.Attachment[items[1].Id!.Value];
var stale = await Expect.Throws<Problem>(() => item.DeleteAsync(it => it.Headers.Add("If-Match", "\"other\"")));
Expect.Equal(stale.ResponseStatusCode, 412);
Expect.Equal((await Expect.Throws<Problem>(() => client.Api.Attachment[Guid.NewGuid()].Contents.GetAsync())).Code, "attachment_not_found");
var claim = new ClaimInput { Session = new SessionClaimInput { ProjectId = 7, Uuid = run } };
Expect.Equal((await set.Claim.PostAsync(claim))!.Session!.Attachments!.Count, 2);

// Owned attachments: upload as a form, change as JSON.
var owned = client.V1.Attachments;
var form = new MultipartBody();
form.AddOrReplacePart("file", "text/plain", Expect.Bytes("0123456789"), "notes.txt");
form.AddOrReplacePart("description", "text/plain", run);
var attachment = (await owned.PostAsync(form))!;
Expect.Equal(attachment.Description, run);
var content = client.V1.UploadedFile.Attachment_WithId(attachment.Id)["notes.txt"];
Expect.Equal(await Expect.Text(await content.GetAsync(it => it.Headers.Add("Range", "bytes=2-4"))), "234");
Expect.Equal((await owned.GetAsync(it => it.QueryParameters.Limit = 1))!.Count, 1);
var headers = new HeadersInspectionHandlerOption { InspectResponseHeaders = true };
await owned[attachment.Id!.Value].GetAsync(it => it.Options.Add(headers));
var tag = headers.ResponseHeaders["ETag"].Single();
var changed = await owned[attachment.Id.Value].PatchAsync(new OwnedAttachmentInput { Description = "new" }, it => it.Headers.Add("If-Match", tag));
Expect.Equal(changed!.Description, "new");
Expect.Equal((await Expect.Throws<Problem>(() => owned[attachment.Id.Value].PatchAsync(
    new OwnedAttachmentInput { Description = "newer" }, it => it.Headers.Add("If-Match", tag)))).Code, "precondition_failed");
await owned[attachment.Id.Value].DeleteAsync();
Console.WriteLine("Kiota: all four families");

internal sealed class Token(string token) : IAccessTokenProvider
{
    // Over http Kiota sends tokens to localhost only.
    public AllowedHostsValidator AllowedHostsValidator { get; } = new();

    public Task<string> GetAuthorizationTokenAsync(
        Uri uri, Dictionary<string, object>? additionalAuthenticationContext = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(token);
}
