using System.Text;
using Attachments.Api.Controllers.OwnedAttachments;
using Attachments.Application.OwnedAttachments;
using Attachments.Application.Pipeline;
using Attachments.Application.Settings;
using Attachments.Domain.Content;
using Attachments.Domain.OwnedAttachments;
using FluentValidation;
using Microsoft.AspNetCore.Http;

namespace Attachments.UnitTests.OwnedAttachments;

public sealed class OwnedAttachmentBodyTests
{
    private const string Json = "application/json";
    private const string Form = "application/x-www-form-urlencoded";
    private const string Multipart = "multipart/form-data; boundary=b";
    private const string User = "06fca1ec-8a9d-485b-8a37-3eba49081aec";

    private static readonly OwnedAttachmentChanges Everything = new()
    {
        FileName = FileName.From("a.txt"),
        Description = "text",
        SequenceMap = new NewValue<SequenceMap>(SequenceMap.From("7")),
        OwnedByOrganisation = new NewValue<long?>(3),
        OwnedByUser = Guid.Parse(User),
    };

    private static readonly OwnedAttachmentChanges Nothing = new();

    private static readonly OwnedAttachmentChanges Cleared = new()
    {
        Description = "",
        SequenceMap = new NewValue<SequenceMap>(null),
        OwnedByOrganisation = new NewValue<long?>(null),
    };

    private static IEnumerable<TestCaseData> Bodies()
    {
        yield return new(Json, $$"""
            {"filename":"a.txt","description":"text","sequence_map_for":7,"owned_by_org":3,"owned_by_user":"{{User}}","id":9}
            """, Everything);
        yield return new(Form, $"filename=a.txt&description=text&sequence_map_for=7&owned_by_org=3&owned_by_user={User}&id=9", Everything);
        yield return new(
            Multipart,
            Parts(
                ("filename", "a.txt"), ("description", "text"), ("sequence_map_for", "7"), ("owned_by_org", "3"), ("owned_by_user", User)),
            Everything);
        yield return new(Json, "{}", Nothing);
        yield return new(Form, "", Nothing);
        yield return new(Multipart, Parts(("id", "9")), Nothing);
        yield return new(Json, """{"description":null,"sequence_map_for":null,"owned_by_org":null}""", Cleared);
        yield return new(Json, """{"filename":null,"owned_by_user":null,"file":null}""", Nothing);
        yield return new(Multipart, Parts(("file", "")), Nothing);
        yield return new(Form, "file=", Nothing);
        yield return new(Form, "description=&sequence_map_for=&owned_by_org=", Cleared);
        yield return new(Multipart, Parts(("description", ""), ("sequence_map_for", "None"), ("owned_by_org", "null")), Cleared);
    }

    [TestCaseSource(nameof(Bodies))]
    public async Task Bodies_of_every_type_are_the_same_changes(string type, string body, OwnedAttachmentChanges changes) =>
        (await Read(OwnedAttachmentBody.ReadChanges, type, body)).ShouldBe([changes]);

    [Test]
    public async Task A_new_attachment_ignores_an_owner_and_an_empty_name() =>
        (await Read(OwnedAttachmentBody.ReadNew, Multipart, Parts(("owned_by_user", "nobody"), ("filename", "")))).ShouldBe([Nothing]);

    [Test]
    public async Task One_answer_names_both_ids() =>
        (await Should.ThrowAsync<ValidationException>(
            Read(OwnedAttachmentBody.ReadChanges, Json, """{"owned_by_user":"","owned_by_org":1.5,"filename":""}""")))
            .Errors.Select(failure => failure.PropertyName).ShouldBe(["owned_by_org", "owned_by_user"]);

    private static string Parts(params IEnumerable<(string Name, string Text)> fields) =>
        string.Concat(fields.Select(field =>
            $"--b\r\nContent-Disposition: form-data; name=\"{field.Name}\"\r\n\r\n{field.Text}\r\n")) + "--b--\r\n";

    private static async Task<List<OwnedAttachmentEntry>> Read(
        Func<HttpRequest, LimitsOptions, CancellationToken, IAsyncEnumerable<OwnedAttachmentEntry>> read, string type, string body)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = "POST";
        request.ContentType = type;
        request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        return await read(request, new LimitsOptions(), CancellationToken.None).ToListAsync();
    }
}
