using System.Net;
using System.Net.Http.Headers;

namespace Attachments.CrashTests.Load;

/// <summary>The service under load.</summary>
internal sealed record Target(Uri Address, string Token, Tally Tally)
{
    private static readonly TimeSpan RequestLimit = TimeSpan.FromMinutes(2);

    /// <summary>A client with one connection, which is its own.</summary>
    public HttpClient Connect() => new(new CountingHandler(Tally))
    {
        BaseAddress = Address,
        Timeout = RequestLimit,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Token) },
    };

    /// <summary>
    /// Counts every answer, and does what a 503 asks for where that can be done: reading again after <c>Retry-After</c>. Of the answers
    /// that tell of a failure of the service it is the only one that is documented.
    /// </summary>
    private sealed class CountingHandler(Tally tally)
        : DelegatingHandler(new SocketsHttpHandler { MaxConnectionsPerServer = 1, UseProxy = false })
    {
        private const int MostTries = 10;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            for (var tries = 1; ; tries++)
            {
                var answer = await base.SendAsync(request, cancellationToken);
                tally.Answered(request.Method.Method, (int)answer.StatusCode);
                var wait = answer.StatusCode == HttpStatusCode.ServiceUnavailable ? answer.Headers.RetryAfter?.Delta : null;
                if ((int)answer.StatusCode >= 500 && wait is null)
                {
                    tally.Fault($"{request.Method} {request.RequestUri} was answered {(int)answer.StatusCode}");
                }

                if (wait is null || request.Content is not null || tries == MostTries)
                {
                    return answer;
                }

                answer.Dispose();
                await Task.Delay(wait.Value, cancellationToken);
            }
        }
    }
}
