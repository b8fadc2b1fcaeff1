using System.Globalization;

namespace Attachments.FunctionalTests.Support;

/// <summary>Requests of Resumable Uploads for HTTP (draft-ietf-httpbis-resumable-upload), as one caller sends them.</summary>
internal static class Rufh
{
    public const string Chunk = "application/partial-upload";

    public static readonly (string, string) Incomplete = ("Upload-Complete", "?0");
    public static readonly (string, string) Complete = ("Upload-Complete", "?1");

    /// <summary>Creates an upload without bytes.</summary>
    public static Task<Answer> Begin(HttpClient client, string target, params (string, string)[] fields) =>
        client.Ask(HttpMethod.Post, target, null, [Incomplete, .. fields]);

    /// <summary>Creates an upload with its first bytes.</summary>
    public static Task<Answer> BeginWith(HttpClient client, string target, byte[] body, params (string, string)[] fields) =>
        client.Ask(HttpMethod.Post, target, Body.Create(body, "video/mp4"), [Incomplete, .. fields]);

    /// <summary>Creates an upload.</summary>
    /// <returns>Its address.</returns>
    public static async Task<string> Have(HttpClient client, string target, params (string, string)[] fields)
    {
        var answer = await Begin(client, target, fields);
        answer.Status.ShouldBe(201, answer.Text);
        return answer.Field("Location").ShouldNotBeNull();
    }

    public static Task<Answer> Append(
        HttpClient client, string upload, long offset, byte[] bytes, bool isLast = false, params (string, string)[] fields) => client.Ask(
            HttpMethod.Patch, upload, Body.Create(bytes, Chunk), [isLast ? Complete : Incomplete, ("Upload-Offset", Text(offset)), .. fields]);

    public static Task<Answer> AskOffset(HttpClient client, string upload, params (string, string)[] fields) =>
        client.Ask(HttpMethod.Head, upload, null, fields);

    public static void ShouldBeOpenAt(this Answer answer, long offset, int status = 204)
    {
        answer.Status.ShouldBe(status, answer.Text);
        answer.Field("Upload-Offset").ShouldBe(Text(offset));
        answer.Field("Upload-Complete").ShouldBe("?0");
        answer.Field("Upload-Limit").ShouldNotBeNull().ShouldContain("max-size=");
        answer.Field("Cache-Control").ShouldBe("no-store");
        answer.Field("Tus-Resumable").ShouldBeNull();
    }

    /// <summary>The file is stored, and this is the answer of its family.</summary>
    /// <returns>Its address.</returns>
    public static string ShouldBeStored(this Answer answer, byte[] file, int? status = null)
    {
        answer.Status.ShouldBeOneOf(status is { } expected ? [expected] : [200, 201]);
        answer.Field("Upload-Offset").ShouldBe(Text(file.Length));
        answer.Field("Upload-Complete").ShouldBe("?1");
        answer.Field("Repr-Digest").ShouldBe(file.Sha256Member());
        answer.Field("ETag").ShouldNotBeNullOrEmpty();
        return answer.Field("Content-Location").ShouldNotBeNull();
    }

    /// <summary>Problem details, or an error object of JSON:API.</summary>
    public static void ShouldBeRufhProblem(this Answer answer, int status, string code)
    {
        answer.Status.ShouldBe(status, answer.Text);
        var document = answer.Json;
        var shown = document.TryGetProperty("errors", out var errors) && errors.ValueKind == System.Text.Json.JsonValueKind.Array
            ? errors[0]
            : document;
        shown.GetProperty("code").GetString().ShouldBe(code, answer.Text);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
