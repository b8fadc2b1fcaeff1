using System.Text.Json;

namespace Attachments.Api.Http.Documents;

/// <summary>Writes a JSON document to the response while it is sent. Memory use does not depend on its length.</summary>
internal sealed class StreamedJson : IAsyncDisposable
{
    /// <summary>The most bytes that are written before the response is flushed.</summary>
    private const int MaxUnflushed = 64 << 10;

    private readonly HttpContext http;

    private StreamedJson(HttpContext http)
    {
        this.http = http;
        Writer = new Utf8JsonWriter(http.Response.BodyWriter, JsonResponses.WriterOptions);
    }

    public Utf8JsonWriter Writer { get; }

    /// <summary>Begins the response: what fails from here on cannot be answered as if nothing had been written.</summary>
    public static async Task<StreamedJson> Begin(HttpContext http)
    {
        await http.Response.StartAsync(http.RequestAborted);
        return new StreamedJson(http);
    }

    /// <summary>Waits for the client where there is much to be taken.</summary>
    public async ValueTask FlushIfNeeded()
    {
        if (http.Response.BodyWriter.UnflushedBytes + Writer.BytesPending > MaxUnflushed)
        {
            await Flush();
        }
    }

    /// <summary>Waits for the client.</summary>
    public async ValueTask Flush()
    {
        Writer.Flush();
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    public ValueTask DisposeAsync() => Writer.DisposeAsync();
}
