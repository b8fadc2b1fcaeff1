using System.Text;
using Attachments.Api.Controllers.Sessions;
using Attachments.Application.Errors;
using Attachments.Application.Sessions;
using Attachments.Application.Settings;
using Attachments.Domain;
using Attachments.Domain.Sessions;
using Microsoft.AspNetCore.Http;

namespace Attachments.UnitTests.Sessions;

public sealed class SessionBodyTests
{
    private const string Json = "application/json";
    private const string Form = "application/x-www-form-urlencoded";

    [TestCase(Json, """{"session":{"data":{"a":1.0,"b":{"rawData":"AQ=="}},"unit_id":"u","created":5,"saved":null}}""")]
    [TestCase(Json, """{"session":{"created":"5","unit_id":"u","data":{"a":"1.0","b":{"rawData":"AQ"}}}}""")]
    [TestCase(Form, "session[unit_id]=u&session[data][a]=1.0&session[created]=5&session[data][b][rawData]=AQ%3D%3D&other=1")]
    public async Task Bodies_of_every_type_are_the_same_points_and_then_the_same_fields(string type, string body)
    {
        var entries = await Read(type, body);
        entries[0].ShouldBe(new ValuePoint("a", new ScalarValue("1.0")));
        entries[1].ShouldBeOfType<ValuePoint>().Value.ShouldBeOfType<RawDataValue>().Bytes.ShouldBe([1]);
        entries[2].ShouldBe(new SessionFields(UnitId: "u", Created: 5));
        entries.Count.ShouldBe(3);
    }

    [Test]
    public async Task Refuses_rawData_that_is_not_base64() =>
        (await Should.ThrowAsync<InvalidRequestException>(Read(Form, "session[data][p][rawData]=not base64!"))).Code
            .ShouldBe("raw_data_invalid");

    [TestCase("session[data][]=1")]
    [TestCase("session[data][][rawData]=not base64!")]
    public async Task Refuses_the_name_of_a_point_before_its_value(string body) =>
        (await Should.ThrowAsync<DomainException>(Read(Form, body))).Code.ShouldBe("point_name_invalid");

    private static async Task<List<SessionEntry>> Read(string type, string body)
    {
        var request = new DefaultHttpContext().Request;
        request.ContentType = type;
        request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        return await SessionBody.Read(request, new LimitsOptions(), CancellationToken.None).ToListAsync();
    }
}
