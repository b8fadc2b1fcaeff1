using System.Text;
using System.Text.Json;

namespace Attachments.FunctionalTests.Support;

/// <summary>A response, read to its end.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Fields">The header fields, those of the content among them; without regard to case.</param>
/// <param name="Body">Empty where there was none.</param>
internal sealed record Answer(int Status, IReadOnlyDictionary<string, string> Fields, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonElement.Parse(Body);

    public static async Task<Answer> Read(HttpResponseMessage response)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            fields[name] = values.ToString();
        }

        return new Answer((int)response.StatusCode, fields, await response.Content.ReadAsByteArrayAsync());
    }

    public string? Field(string name) => Fields.GetValueOrDefault(name);

    /// <summary>200 and <c>{"status":"success","result":…}</c>.</summary>
    /// <returns>The result.</returns>
    public JsonElement ShouldSucceed()
    {
        Status.ShouldBe(200, Text);
        Field("Content-Type").ShouldBe("application/json; charset=utf-8");
        Json.GetProperty("status").GetString().ShouldBe("success");
        return Json.GetProperty("result");
    }

    /// <summary>As <see cref="ShouldSucceed"/>, with the result <paramref name="json"/>, whatever the order of its members.</summary>
    public void ShouldSucceedWith(string json) => ShouldSucceed().ShouldBeJson(json);

    /// <summary>Problem details of this status and code, and nothing in them that was not promised.</summary>
    /// <returns>The problem.</returns>
    public JsonElement ShouldBeProblem(int status, string code)
    {
        Status.ShouldBe(status, Text);
        Field("Content-Type").ShouldBe("application/problem+json; charset=utf-8");
        var problem = Json;
        problem.GetProperty("code").GetString().ShouldBe(code, Text);
        problem.GetProperty("status").GetInt32().ShouldBe(status);
        problem.GetProperty("type").GetString().ShouldBe("about:blank");
        problem.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
        problem.GetProperty("traceId").GetString().ShouldNotBeNullOrEmpty();
        problem.EnumerateObject().Select(member => member.Name)
            .Except(["type", "title", "status", "detail", "code", "traceId", "errors"]).ShouldBeEmpty();
        return problem;
    }

    /// <summary>A document of JSON:API.</summary>
    /// <returns>The document.</returns>
    public JsonElement ShouldBeDocument(int status = 200)
    {
        Status.ShouldBe(status, Text);
        Field("Content-Type").ShouldBe("application/vnd.api+json");
        Field("Vary").ShouldBe("Accept");
        return Json;
    }

    /// <summary>Error objects of JSON:API, each of this status and code, with all their members and no others.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="code">The code.</param>
    /// <param name="source">What the first of them names, as JSON; null for nothing.</param>
    public void ShouldBeErrors(int status, string code, string? source = null)
    {
        var document = ShouldBeDocument(status);
        document.Names().ShouldBe(["errors", "meta"]);
        document.GetProperty("meta").GetProperty("traceId").GetString().ShouldNotBeNullOrEmpty();
        var errors = document.GetProperty("errors");
        errors.GetArrayLength().ShouldBePositive();
        foreach (var error in errors.EnumerateArray())
        {
            error.Names().Except(["source"]).ShouldBe(["status", "code", "title", "detail"]);
            error.GetProperty("status").GetString().ShouldBe($"{status}");
            error.GetProperty("code").GetString().ShouldBe(code);
            error.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
            error.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        }

        if (source is not null)
        {
            errors[0].GetProperty("source").ShouldBeJson(source);
        }
    }

    /// <summary>404 with nothing behind it.</summary>
    public void ShouldBeNothing()
    {
        Status.ShouldBe(404, Text);
        Body.ShouldBeEmpty();
        Field("Content-Type").ShouldBeNull();
    }
}

internal static class JsonAssertions
{
    public static void ShouldBeJson(this JsonElement actual, string expected) =>
        JsonElement.DeepEquals(actual, JsonElement.Parse(expected)).ShouldBeTrue($"{actual}\nshould be\n{expected}");

    /// <summary>The names of an object's members, in the order sent.</summary>
    public static IEnumerable<string> Names(this JsonElement element) => element.EnumerateObject().Select(member => member.Name);
}
