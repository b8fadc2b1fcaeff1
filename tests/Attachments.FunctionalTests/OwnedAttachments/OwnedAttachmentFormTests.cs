using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.OwnedAttachments;

/// <summary>The fields of a multipart form that creates or changes an owned attachment.</summary>
[TestFixture("POST")]
[TestFixture("PUT")]
[TestFixture("PATCH")]
internal sealed class OwnedAttachmentFormTests(string method) : OwnedAttachmentsFixture
{
    private const string Text = """{"description":[1,2]}""";

    private string target = OwnedFiles.Collection;
    private long id;

    [SetUp]
    public async Task Have()
    {
        if (method != "POST")
        {
            id = await Owner.Have(Photo);
            target = OwnedFiles.Target(id);
        }
    }

    [TestCase("sequence_map_for", "; filename=\"blob\"", "Content-Type: application/json")]
    [TestCase("sequence_map_for", "; filename=\"\"", "Content-Type: application/json")]
    [TestCase("description", "; filename=\"..\"", "Content-Type: text/plain")]
    [TestCase("description", ";\r\n filename*0=blob", "Content-Transfer-Encoding: binary")]
    public async Task Takes_a_text_field_that_was_sent_as_a_file(string field, string fileName, string header)
    {
        var blob = new Part($"; name=\"{field}\"{fileName}", [.. Text.Select(letter => (byte)letter)], header);
        var entry = (await Send(blob, Part.File("file", Large))).ShouldBeEntry(Success).GetProperty(field);
        (field == "description" ? entry.GetString() : entry.GetRawText()).ShouldBe(Text);
    }

    [Test]
    public async Task Refuses_a_text_field_sent_as_a_file_that_is_longer_than_a_field_may_be() =>
        (await Send(Part.File("description", new byte[(1 << 20) + 1]), Part.File("file", Large))).ShouldBeProblem(413, "field_too_large");

    [Test]
    public async Task Decodes_a_text_field()
    {
        var field = new Part("; name=description", "Pr=C3=BCf=\r\nbericht"u8.ToArray(), "Content-Transfer-Encoding: quoted-printable");
        (await Send(field, Part.File("file", Large))).ShouldBeEntry(Success).GetProperty("description").GetString()
            .ShouldBe("Pr\u00fcfbericht");
    }

    [TestCase("; name=\"photo\"", "photo")]
    [TestCase("; name=\"File\"", "File")]
    [TestCase("; name=\"file[]\"", "file[]")]
    [TestCase("; name=\"files\"", "files")]
    [TestCase("", "")]
    public async Task Refuses_a_file_in_a_field_that_means_nothing(string name, string field)
    {
        var before = method == "POST" ? null : await Owner.Get(id);
        foreach (var others in new Part[][] { [], [Part.File("file", Large)], [Part.Field("description", "another")] })
        {
            var problem = (await Send([.. others, new Part($"{name}; filename=photo.png", Photo)]))
                .ShouldBeProblem(400, "file_field_unknown");
            problem.GetProperty("errors").Names().ShouldBe([field]);
        }

        if (before is not null)
        {
            (await Owner.Get(id)).Text.ShouldBe(before.Text);
            (await Owner.ReadFile(id)).ShouldBe(Photo);
        }
    }

    [TestCase("")]
    [TestCase("Content-Type: application/octet-stream")]
    public async Task Refuses_bytes_that_come_without_a_file_name(string header)
    {
        var before = method == "POST" ? null : await Owner.Get(id);
        string[] headers = header.Length == 0 ? [] : [header];
        var nameless = new Part("; name=\"file\"", "bytes"u8.ToArray(), headers);
        foreach (var others in new Part[][] { [], [Part.File("file", Large)], [Part.Field("description", "another")] })
        {
            var problem = (await Send([.. others, nameless])).ShouldBeProblem(400, "file_missing");
            problem.GetProperty("errors").Names().ShouldBe(["file"]);
        }

        if (before is not null)
        {
            (await Owner.Get(id)).Text.ShouldBe(before.Text);
            (await Owner.ReadFile(id)).ShouldBe(Photo);
        }
    }

    [Test]
    public async Task Ignores_a_field_for_files_that_is_empty() =>
        (await Send(new Part("; name=\"file\"", []), Part.File("file", Large))).ShouldBeEntry(Success);

    [Test]
    public async Task Ignores_an_input_for_files_that_was_left_empty() =>
        (await Send(new Part("; name=\"photo\"; filename=\"\"", [], "Content-Type: application/octet-stream"), Part.File("file", Large)))
            .ShouldBeEntry(Success);

    private int Success => method == "POST" ? 201 : 200;

    private Task<Answer> Send(params Part[] parts) => Owner.Send(method, target, Body.Multipart(parts));
}
