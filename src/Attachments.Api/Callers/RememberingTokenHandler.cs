using System.Collections.Concurrent;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Attachments.Api.Callers;

/// <summary>
/// Validates tokens as its base does, and remembers for a minute, and never past their expiry, those that are good: a client sends the same
/// one with each request. A key that is taken away counts for that minute longer. What was refused is looked at again each time.
/// </summary>
internal sealed class RememberingTokenHandler(TimeProvider time) : JsonWebTokenHandler
{
    /// <summary>How many tokens are remembered, of some hundred bytes each; then it begins anew.</summary>
    public const int MaxTokens = 10_000;

    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Good> remembered = new(StringComparer.Ordinal);

    /// <summary>How many are remembered.</summary>
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
