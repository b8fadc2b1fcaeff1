using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Hostile;

/// <summary>Whether an answer is one that the service may give to anything.</summary>
internal static partial class Judge
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // The redirections lead to the page that shows the API.
    private static readonly int[] Successes = [200, 201, 204, 206, 301, 302, 304];

    // 501: a transfer coding that is not decoded (RFC 9112, section 6.1).
    private static readonly int[] Refusals = [400, 401, 403, 404, 405, 406, 409, 410, 411, 412, 413, 414, 415, 416, 431, 501];

    /// <summary>Null: it may.</summary>
    public static string? FindFault(HostileRequest request, Answer answer)
    {
        if (answer.Fields.ContainsKey(Words.InjectedField))
        {
            return "a field of the client's making";
        }

        if (Successes.Contains(answer.Status))
        {
            return FindFaultOfSuccess(answer);
        }

        // The server's, for what never comes to an end.
        var allowed = Refusals.Contains(answer.Status) || (answer.Status == 408 && !request.IsWhole);
        return allowed ? FindFaultOfRefusal(request, answer) : $"status {answer.Status}";
    }

    private static string? FindFaultOfSuccess(Answer answer) =>
        answer.Field("Content-Type")?.Contains("json", StringComparison.Ordinal) == true
        && !answer.Fields.ContainsKey("Repr-Digest")
        && answer.Body.Length > 0
            ? FindFaultInJson(answer, out _)
            : null;

    private static string? FindFaultOfRefusal(HostileRequest request, Answer answer)
    {
        var everything = string.Join('\n', answer.Fields.Select(field => field.Value).Append(answer.Text));
        if (Secrets().Match(everything) is { Success: true } secret)
        {
            return $"tells '{secret.Value}'";
        }

        if (request.Method == "HEAD")
        {
            return null;
        }

        if (answer.Body.Length == 0)
        {
            var isMissingRecord = answer.Status == 404 && request.Target.Contains("/records", StringComparison.OrdinalIgnoreCase);
            return isMissingRecord || request.IsForTheServer ? null : "nothing said";
        }

        if (FindFaultInJson(answer, out var body) is { } fault)
        {
            return fault;
        }

        return answer.Field("Content-Type") switch
        {
            "application/problem+json; charset=utf-8" => IsProblem(body, answer.Status) ? null : "no problem details",
            "application/vnd.api+json" => HasErrors(body) ? null : "no error objects",
            var other => $"an error of the type {other}",
        };
    }

    private static bool IsProblem(JsonElement body, int status) =>
        body.TryGetProperty("code", out _) && body.TryGetProperty("traceId", out _) && body.GetProperty("status").GetInt32() == status;

    private static bool HasErrors(JsonElement body) => body.TryGetProperty("errors", out var errors) && errors.GetArrayLength() > 0;

    private static string? FindFaultInJson(Answer answer, out JsonElement body)
    {
        try
        {
            body = JsonElement.Parse(StrictUtf8.GetString(answer.Body), new JsonDocumentOptions { MaxDepth = 1000 });
            return null;
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException)
        {
            body = default;
            return $"broken JSON: {exception.Message}";
        }
    }

    [GeneratedRegex(
        @"\.cs:line|   at |\b(?:System|Microsoft)\.|Attachments\.[A-Z]|Npgsql|Exception"
        + @"|SQLSTATE|SELECT |INSERT |UPDATE |violates|duplicate key|relation ""|column ""|\bpg_"
        + "|/work/|/home/|/usr/|/tmp/|/root/")]
    private static partial Regex Secrets();
}
