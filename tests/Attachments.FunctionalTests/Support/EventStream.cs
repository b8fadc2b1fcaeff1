using System.Net.Http.Headers;
using System.Text;

namespace Attachments.FunctionalTests.Support;

/// <summary>Server-sent events (HTML Standard, section 9.2), as a client of a few lines reads them.</summary>
internal sealed class EventStream : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpResponseMessage response;
    private readonly StreamReader reader;
    private readonly CancellationTokenSource patience = new(Patience);

    private EventStream(HttpResponseMessage response, Stream body)
    {
        this.response = response;
        reader = new StreamReader(body, new UTF8Encoding(false, throwOnInvalidBytes: true));
    }

    public HttpResponseHeaders Headers => response.Headers;

    /// <summary>The last id that was sent: where a client goes on when it connects again.</summary>
    public string LastId { get; private set; } = "";

    public static async Task<EventStream> Open(HttpClient client, string query = "", string? lastId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, ChangeFeed.Address + query);
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (lastId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastId);
        }

        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        ((int)response.StatusCode).ShouldBe(200, response.StatusCode == System.Net.HttpStatusCode.OK ? "" : await response.Content.ReadAsStringAsync());
        response.Content.Headers.ContentType.ShouldNotBeNull().ToString().ShouldBe("text/event-stream");
        return new EventStream(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The data of the next event; null: the stream has ended. Comments are passed over.</summary>
    public async Task<string?> ReadEvent()
    {
        while (await ReadBlock() is { } block)
        {
            if (block.Data is { } data)
            {
                return data;
            }
        }

        return null;
    }

    /// <summary>The next lines up to an empty one; null: the stream has ended.</summary>
    public async Task<(bool IsComment, string? Data)?> ReadBlock()
    {
        var (isComment, data) = (false, (string?)null);
        while (await reader.ReadLineAsync(patience.Token) is { } line)
        {
            switch (line.Split(": ", 2))
            {
                case [""]:
                    return (isComment, data);
                case [":"]:
                    isComment = true;
                    break;
                case ["id", var id]:
                    LastId = id;
                    break;
                case ["data", var text]:
                    data = text;
                    break;
                default:
                    throw new InvalidDataException(line);
            }
        }

        return null;
    }

    public ValueTask DisposeAsync()
    {
        reader.Dispose();
        response.Dispose();
        patience.Dispose();
        return ValueTask.CompletedTask;
    }
}
