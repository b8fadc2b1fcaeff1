using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Attachments.ProcessTests.RealClients;

/// <summary>
/// A page that shows a video of the service, as an application of another origin would. A video element cannot send a token, so a
/// service worker fetches in its place: with the token, the Range field passed on, and the answer handed to the element as it is.
/// What happened is reported when the last place has been played from.
/// </summary>
internal sealed class VideoPage : IAsyncDisposable
{
    /// <summary>Where it is played from, in seconds, in this order: forth, back and forth again.</summary>
    public static readonly IReadOnlyList<double> Places = [0, 50, 20, 35];

    private const string Html =
        """
        <!doctype html>
        <title>video</title>
        <video muted></video>
        <script type="module">
        const video = document.querySelector('video');
        const report = { duration: 0, places: [], answers: [], error: null };
        const on = (target, name) => new Promise(resolve => target.addEventListener(name, resolve, { once: true }));
        const failed = on(video, 'error').then(() => { throw new Error(video.error.message || `media error ${video.error.code}`); });
        navigator.serviceWorker.addEventListener('message', message => report.answers.push(message.data));

        async function playedPast(time) {
          while (video.currentTime <= time) await Promise.race([on(video, 'timeupdate'), failed]);
          return video.currentTime;
        }

        try {
          const controlled = on(navigator.serviceWorker, 'controllerchange');
          await navigator.serviceWorker.register('worker.js');
          if (!navigator.serviceWorker.controller) await controlled;
          video.src = 'video';
          await Promise.race([on(video, 'loadedmetadata'), failed]);
          report.duration = video.duration;
          await Promise.race([video.play(), failed]);
          for (const place of PLACES) {
            if (place > 0) {
              const seeked = on(video, 'seeked');
              video.currentTime = place;
              await Promise.race([seeked, failed]);
            }
            report.places.push({ asked: place, reached: await playedPast(place) });
          }
        } catch (error) {
          report.error = String(error);
        }
        await fetch('report', { method: 'POST', body: JSON.stringify(report) });
        </script>
        """;

    private const string Worker =
        """
        addEventListener('install', () => skipWaiting());
        addEventListener('activate', event => event.waitUntil(clients.claim()));
        addEventListener('fetch', event => {
          if (new URL(event.request.url).pathname === '/video') event.respondWith(fetched(event));
        });

        async function fetched(event) {
          const headers = { Authorization: 'Bearer TOKEN' };
          const range = event.request.headers.get('Range');
          if (range) headers.Range = range;
          const response = await fetch('VIDEO', { headers });
          const page = await clients.get(event.clientId);
          page.postMessage({
            status: response.status,
            contentRange: response.headers.get('Content-Range'),
            eTag: response.headers.get('ETag'),
          });
          return response;
        }
        """;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly WebApplication app;
    private readonly TaskCompletionSource<VideoReport> report = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string worker = "";

    private VideoPage(WebApplication app) => this.app = app;

    /// <summary>By name, as service workers are for secure pages only, and for those of localhost.</summary>
    public string Origin => app.Urls.Single().Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

    /// <summary>What the page saw, once it is done.</summary>
    public Task<VideoReport> Report => report.Task;

    public static VideoPage Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var page = new VideoPage(builder.Build());
        page.Serve();
        return page;
    }

    /// <summary>To be called before the page is.</summary>
    public void Show(Uri video, string token) => worker = Worker
        .Replace("VIDEO", video.ToString(), StringComparison.Ordinal)
        .Replace("TOKEN", token, StringComparison.Ordinal);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private void Serve()
    {
        var places = string.Join(", ", Places.Select(place => place.ToString(CultureInfo.InvariantCulture)));
        var html = Html.Replace("PLACES", $"[{places}]", StringComparison.Ordinal);
        app.MapGet("/", () => Results.Content(html, "text/html; charset=utf-8"));
        app.MapGet("/worker.js", () => Results.Content(worker, "text/javascript"));
        app.MapPost("/report", async (HttpRequest request) =>
        {
            report.TrySetResult((await JsonSerializer.DeserializeAsync<VideoReport>(request.Body, Json))!);
            return Results.NoContent();
        });
        app.Start();
    }
}

/// <summary>What a page saw of a video.</summary>
/// <param name="Duration">In seconds.</param>
/// <param name="Places">Where it was played from.</param>
/// <param name="Answers">What the service answered, in the order asked.</param>
/// <param name="Error">Null: none.</param>
internal sealed record VideoReport(double Duration, IReadOnlyList<VideoPlace> Places, IReadOnlyList<VideoAnswer> Answers, string? Error)
{
    public override string ToString() => JsonSerializer.Serialize(this);
}

/// <param name="Asked">In seconds.</param>
/// <param name="Reached">In seconds, by playing on from there.</param>
internal sealed record VideoPlace(double Asked, double Reached);

/// <summary>As much of an answer as a page of another origin may read. Null: it could not, or it was not there.</summary>
internal sealed record VideoAnswer(int Status, string? ContentRange, string? ETag);
