using System.Text;
using System.Text.Json;
using Attachments.Api.Http.Documents;
using Attachments.Application.Errors;

namespace Attachments.UnitTests.Http.Documents;

public sealed class JsonTokenReaderTests
{
    private const string Json =
        """ { "a" : "x\u00e9y" , "b" : [ 1 , { "c" : 2 } , [ ] ] , "d" : { "e" : { "f" : -1.50e1 } , "g" : true } , "h" : null } """;

    /// <summary>What is read at once ends anywhere in it.</summary>
    [Test]
    public async Task Gives_the_members_of_an_object_wherever_it_is_cut([Range(0, 130)] int cut)
    {
        using var tokens = Create(new string(' ', (16 << 10) - cut) + Json, 5000);
        var seen = new List<string>();
        (await tokens.Read(default)).ShouldBeTrue();
        await foreach (var name in tokens.Members(default))
        {
            seen.Add($"{name}: {tokens.Type} {(tokens.Type == JsonTokenType.String ? tokens.Text() : "")}");
        }

        seen.ShouldBe(["a: String xéy", "b: StartArray ", "d: StartObject ", "h: Null "]);
        (await tokens.Read(default)).ShouldBeFalse();
    }

    [Test]
    public async Task Passes_over_what_was_not_read_of_a_value([Values(1, 7, 1000)] int piece)
    {
        using var tokens = Create(Json, piece);
        var seen = new List<string>();
        await tokens.Read(default);
        await foreach (var name in tokens.Members(default).Where(name => name is "d" or "h"))
        {
            seen.Add(name);
            await foreach (var inner in tokens.Members(default).Where(_ => name == "d").Take(1))
            {
                seen.Add(inner);
                await tokens.Read(default);
            }
        }

        seen.ShouldBe(["d", "e", "h"]);
    }

    [Test]
    public async Task Gives_a_number_as_it_was_written()
    {
        using var tokens = Create("-1.50e1", 2);
        await tokens.Read(default);
        tokens.RawText().ShouldBe("-1.50e1");
    }

    [Test]
    public async Task Gives_a_text_that_is_longer_than_any_piece()
    {
        var text = new string('x', 100_000);
        using var tokens = Create($"[\"{text}\"]", 5000);
        await tokens.Read(default);
        await tokens.Read(default);
        tokens.Text().ShouldBe(text);
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("{}}")]
    [TestCase("[1,]")]
    [TestCase("[\"\u0001\"]")]
    public async Task Refuses_what_is_no_JSON(string json)
    {
        using var tokens = Create(json, 1);
        (await Should.ThrowAsync<InvalidRequestException>(async () =>
        {
            while (await tokens.Read(default))
            {
            }
        })).Code.ShouldBe("json_invalid");
    }

    [Test]
    public async Task Refuses_a_text_that_is_not_well_formed()
    {
        using var tokens = Create("\"\\ud800\"", 3);
        await tokens.Read(default);
        Should.Throw<InvalidRequestException>(tokens.Text).Code.ShouldBe("json_invalid");
    }

    private static JsonTokenReader Create(string json, int piece) =>
        new(new ChoppedStream(Encoding.UTF8.GetBytes(json), ChoppedStream.Repeat([piece])));
}
