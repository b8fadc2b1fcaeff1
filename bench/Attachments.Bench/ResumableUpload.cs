using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;

namespace Attachments.Bench;

/// <summary>An upload in several requests (tus 1.0).</summary>
internal static class ResumableUpload
{
    private const string Chunk = "application/offset+octet-stream";

    /// <summary>Cuts a file into files of a length, the last of which may be shorter.</summary>
    public static async Task<IReadOnlyList<string>> Cut(string file, int length, string directory)
    {
        Directory.CreateDirectory(directory);
        await Programs.Run("split", ["-b", $"{length}", "-a", "4", "-d", file, Path.Combine(directory, "chunk-")]);
        return [.. Directory.GetFiles(directory).Order(StringComparer.Ordinal)];
    }

    /// <summary>Sends the files one after another, on one connection.</summary>
    /// <returns>The seconds that it took, with the beginning and the end.</returns>
    public static async Task<double> Send(Service service, string target, IReadOnlyList<string> files, string directory)
    {
        var lengths = files.Select(file => new FileInfo(file).Length).ToList();
        var started = Stopwatch.GetTimestamp();
        var upload = await Begin(service, target, lengths.Sum());
        var configuration = Path.Combine(directory, "curl.configuration");
        var offset = 0L;
        var requests = files.Zip(lengths, (file, length) =>
        {
            var text = $"""
                url = "{new Uri(service.Address, upload)}"
                request = PATCH
                upload-file = "{file}"
                output = /dev/null
                silent
                fail
                header = "Authorization: Bearer {service.Token}"
                header = "Tus-Resumable: 1.0.0"
                header = "Upload-Offset: {offset}"
                header = "Content-Type: {Chunk}"
                header = "Expect:"
                """;
            offset += length;
            return text;
        });
        await File.WriteAllTextAsync(configuration, string.Join("\nnext\n", requests));
        await Programs.Run("curl", ["-K", configuration]);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <returns>The address of the upload.</returns>
    public static async Task<string> Begin(Service service, string target, long length)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target);
        request.Headers.Add("Upload-Length", $"{length}");
        using var answer = await Send(service, request, HttpStatusCode.Created);
        return answer.Headers.Location!.ToString();
    }

    public static async Task Append(Service service, string upload, long offset, HttpContent body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, upload) { Content = body };
        request.Headers.Add("Upload-Offset", $"{offset}");
        body.Headers.ContentType = new MediaTypeHeaderValue(Chunk);
        using var answer = await Send(service, request, HttpStatusCode.NoContent);
    }

    private static async Task<HttpResponseMessage> Send(Service service, HttpRequestMessage request, HttpStatusCode expected)
    {
        request.Headers.Add("Tus-Resumable", "1.0.0");
        var answer = await service.Client.SendAsync(request);
        return answer.StatusCode == expected
            ? answer
            : throw new InvalidOperationException($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }
}
