using Microsoft.AspNetCore.Authentication;

namespace Attachments.Api.Controllers.Changes;

/// <summary>
/// How long an answer may be held: until the caller's token ends, without the grace that a new request has, or the service stops.
/// </summary>
internal sealed class CallersTime : IDisposable
{
    /// <summary>A timer counts no further.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(20);

    private readonly CancellationTokenSource expiry;
    private readonly CancellationTokenSource either;

    public CallersTime(HttpContext http, TimeProvider time, CancellationToken stopping)
    {
        var expires = http.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc;
        var left = expires is { } end ? end - time.GetUtcNow() : Longest;
        expiry = new CancellationTokenSource(left < TimeSpan.Zero ? TimeSpan.Zero : left > Longest ? Longest : left, time);
        either = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, stopping);
    }

    /// <summary>Cancelled at its end.</summary>
    public CancellationToken Token => either.Token;

    public void Dispose()
    {
        either.Dispose();
        expiry.Dispose();
    }
}
