using System.Globalization;
using System.Text;

namespace Attachments.FunctionalTests.Support;

/// <summary>Requests of tus 1.0, as one caller sends them.</summary>
internal static class Tus
{
    public static readonly (string, string) Version = ("Tus-Resumable", "1.0.0");

    public const string Chunk = "application/offset+octet-stream";

    public static Task<Answer> Begin(this HttpClient client, string target, long length, params (string, string)[] fields) =>
        client.BeginWith(target, null, [("Upload-Length", Text(length)), .. fields]);

    /// <summary>Creates an upload, with a body if it is not null.</summary>
    public static Task<Answer> BeginWith(this HttpClient client, string target, byte[]? body, params (string, string)[] fields) =>
        client.Ask(HttpMethod.Post, target, body is null ? null : Body.Create(body, Chunk), [Version, .. fields]);

    /// <summary>Creates an upload.</summary>
    /// <returns>Its address.</returns>
    public static async Task<string> Have(this HttpClient client, string target, long length, params (string, string)[] fields)
    {
        var answer = await client.Begin(target, length, fields);
        answer.Status.ShouldBe(201, answer.Text);
        return answer.Field("Location").ShouldNotBeNull();
    }

    public static Task<Answer> Append(this HttpClient client, string upload, long offset, byte[] bytes, params (string, string)[] fields) =>
        client.Ask(HttpMethod.Patch, upload, Body.Create(bytes, Chunk), [Version, ("Upload-Offset", Text(offset)), .. fields]);

    public static Task<Answer> AskOffset(this HttpClient client, string upload, params (string, string)[] fields) =>
        client.Ask(HttpMethod.Head, upload, null, [Version, .. fields]);

    public static Task<Answer> End(this HttpClient client, string upload) => client.Ask(HttpMethod.Delete, upload, null, Version);

    public static (string, string) Metadata(params (string Key, string Value)[] pairs) =>
        ("Upload-Metadata", string.Join(',', pairs.Select(pair => $"{pair.Key} {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Value))}")));

    public static void ShouldBeAt(this Answer answer, long offset, int status = 204)
    {
        answer.Status.ShouldBe(status, answer.Text);
        answer.Field("Upload-Offset").ShouldBe(Text(offset));
        answer.Field("Tus-Resumable").ShouldBe("1.0.0");
    }

    /// <summary>The offset reached the length, and the file is stored.</summary>
    /// <returns>Its address.</returns>
    public static string ShouldBeFinished(this Answer answer, byte[] file, int status = 204)
    {
        answer.ShouldBeAt(file.Length, status);
        answer.Field("Upload-Complete").ShouldBe("?1");
        answer.Field("Repr-Digest").ShouldBe(file.Sha256Member());
        answer.Field("ETag").ShouldNotBeNullOrEmpty();
        return answer.Field("Content-Location").ShouldNotBeNull();
    }

    /// <summary>Problem details of a kind that may be registered.</summary>
    public static void ShouldBeTusProblem(this Answer answer, int status, string code)
    {
        answer.ShouldBeRufhProblem(status, code);
        answer.Field("Tus-Resumable").ShouldBe("1.0.0");
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
