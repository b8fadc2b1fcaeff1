using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Sessions;

/// <summary>The fields of a multipart form that creates or changes a session.</summary>
[TestFixture]
internal sealed class SessionFormTests : SessionsFixture
{
    [TestCase("blob")]
    [TestCase("")]
    [TestCase("..")]
    public async Task Takes_a_text_field_that_was_sent_as_a_file(string fileName)
    {
        Part[] parts =
        [
            Part.Field("session[uuid]", Uuid),
            Part.File("session[unit_id]", "unit"u8.ToArray(), fileName),
            Part.File("session[saved]", "77"u8.ToArray(), fileName),
            Part.File("session[data][p][rawData]", "AQ=="u8.ToArray(), fileName),
        ];
        (await Project.Create(Body.Multipart(parts))).ShouldSucceed();
        var session = (await Project.Get(Uuid)).ShouldSucceed();
        session.GetProperty("unit_id").GetString().ShouldBe("unit");
        session.GetProperty("saved").GetRawText().ShouldBe("77");
        session.GetProperty("data").ShouldBeJson("""{"p":{"rawData":"AQ=="}}""");
        parts[1] = Part.File("session[unit_id]", "other"u8.ToArray(), fileName);
        (await Project.Merge(Uuid, Body.Multipart(parts))).ShouldSucceed().GetProperty("unit_id").GetString().ShouldBe("other");
    }

    [Test]
    public async Task Refuses_a_text_field_sent_as_a_file_that_is_longer_than_a_field_may_be() =>
        (await Project.Create(Body.Multipart(Part.File("session[unit_id]", new byte[(1 << 20) + 1]))))
            .ShouldBeProblem(413, "field_too_large");

    [Test]
    public async Task Does_not_recognise_a_file_in_a_field_of_another_name()
    {
        await Project.Have(Uuid);
        Part[] foreign = [Part.File("photo", [1]), Part.File("session[photo]", [1]), Part.File("attachment", [1])];
        (await Project.Merge(Uuid, Body.Multipart([Part.Field("session[data][p]", "kept"), .. foreign]))).ShouldSucceed()
            .GetProperty("data").ShouldBeJson("""{"p":"kept"}""");
        (await Project.Attach(Uuid, "p", Body.Multipart(Part.File("file", [1])))).ShouldBeProblem(400, "attachment_missing");
    }
}
