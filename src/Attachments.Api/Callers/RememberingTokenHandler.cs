using System.Collections.Concurrent;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Attachments.Api.Callers;

/// <summary>
/// Validates tokens like its base class, and remembers valid ones for a minute, never past their expiry: a client sends the same token with
/// each request. A removed key therefore stays valid for that minute. Refused tokens are validated again each time.
/// </summary>
internal sealed class RememberingTokenHandler(TimeProvider time) : JsonWebTokenHandler
{
    /// <summary>The number of tokens to remember, some hundred bytes each. When it is reached, all are forgotten.</summary>
    public const int MaxTokens = 10_000;

    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Good> remembered = new(StringComparer.Ordinal);

    /// <summary>The number of remembered tokens.</summary>
    public int Count => remembered.Count;

    public override async Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
    {
        var now = time.GetUtcNow();
        if (remembered.TryGetValue(token, out var good) && good.Since <= now && now < good.Until)
        {
            return good.Result;
        }

        var result = await base.ValidateTokenAsync(token, validationParameters);
        if (result.IsValid)
        {
            Remember(token, result, now);
        }

        return result;
    }

    private void Remember(string token, TokenValidationResult result, DateTimeOffset now)
    {
        if (remembered.Count >= MaxTokens)
        {
            remembered.Clear();
        }

        DateTimeOffset expiry = DateTime.SpecifyKind(result.SecurityToken.ValidTo, DateTimeKind.Utc);
        remembered[token] = new Good(result, now, expiry < now + Memory ? expiry : now + Memory);
    }

    private sealed record Good(TokenValidationResult Result, DateTimeOffset Since, DateTimeOffset Until);
}
