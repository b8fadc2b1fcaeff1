using Attachments.Api.Controllers.Sessions;

namespace Attachments.UnitTests.Sessions;

public sealed class SessionFieldNameTests
{
    [TestCase("session[uuid]", nameof(SessionFieldKind.Field), "uuid")]
    [TestCase("session[data][point1]", nameof(SessionFieldKind.Point), "point1")]
    [TestCase("session[data][sketch1][rawData]", nameof(SessionFieldKind.RawData), "sketch1")]
    [TestCase("session[data][__timezone__]", nameof(SessionFieldKind.Point), "__timezone__")]
    [TestCase("session[data][rawData]", nameof(SessionFieldKind.Point), "rawData")]
    [TestCase("session[data][]", nameof(SessionFieldKind.Point), "")]
    [TestCase("session[data][a[0]]", nameof(SessionFieldKind.Point), "a[0]")]
    [TestCase("session[data][a][b]", nameof(SessionFieldKind.Nested), "a")]
    [TestCase("session[data][a][b][rawData]", nameof(SessionFieldKind.Nested), "a")]
    [TestCase("session[data]", nameof(SessionFieldKind.Field), "data")]
    [TestCase("other", nameof(SessionFieldKind.Foreign), "other")]
    [TestCase("session", nameof(SessionFieldKind.Foreign), "session")]
    [TestCase("session[", nameof(SessionFieldKind.Foreign), "session[")]
    public void Says_what_a_field_of_a_form_names(string text, string kind, string name) =>
        SessionFieldName.Parse(text).ShouldBe(new SessionFieldName(Enum.Parse<SessionFieldKind>(kind), name));

    [Test]
    public void Takes_a_field_without_a_name_for_a_foreign_one() =>
        SessionFieldName.Parse(null).Kind.ShouldBe(SessionFieldKind.Foreign);

    [FsCheck.NUnit.Property]
    public bool Never_throws(string? text) => SessionFieldName.Parse("session[data][" + text + "]") is { Name: not null };
}
