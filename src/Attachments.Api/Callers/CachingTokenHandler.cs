using System.Collections.Concurrent;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Attachments.Api.Callers;

/// <summary>
/// Validates tokens like its base class, and remembers valid ones for a minute, never past their expiry: a client sends the same token with
/// each request. A removed key therefore stays valid for that minute. Refused tokens are validated again each time.
/// </summary>
internal sealed class CachingTokenHandler(TimeProvider time) : JsonWebTokenHandler
{
    /// <summary>The most tokens in the cache. When it is full and no token has expired, it is cleared.</summary>
    public const int MaxTokens = 10_000;

    /// <summary>
    /// How much memory they may take together, as it is reckoned, in bytes: a token can be as long as a request's header section.
    /// </summary>
    public const long MaxBytes = 64 << 20;

    /// <summary>The memory for one character of a token, in bytes: its text, the parsed token, and the claims.</summary>
    private const int BytesPerCharacter = 8;

    private const int BytesPerToken = 2 << 10;

    private static readonly TimeSpan CacheDuration = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, CachedResult> cache = new(StringComparer.Ordinal);
    private readonly Lock turn = new();
    private DateTimeOffset cleared = time.GetUtcNow();
    private long bytes;

    /// <summary>The number of remembered tokens.</summary>
    public int Count => cache.Count;

    public override async Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
    {
        var now = time.GetUtcNow();
        if (cache.TryGetValue(token, out var good) && good.Since <= now && now < good.Until)
        {
            return good.Result;
        }

        var result = await base.ValidateTokenAsync(token, validationParameters);
        if (result.IsValid)
        {
            Add(token, result, now);
        }

        return result;
    }

    private void Add(string token, TokenValidationResult result, DateTimeOffset now)
    {
        DateTimeOffset expiry = DateTime.SpecifyKind(result.SecurityToken.ValidTo, DateTimeKind.Utc);
        var good = new CachedResult(result, now, expiry < now + CacheDuration ? expiry : now + CacheDuration);
        lock (turn)
        {
            MakeRoom(EstimateBytes(token), now);
            if (cache.TryAdd(token, good))
            {
                bytes += EstimateBytes(token);
            }
            else
            {
                cache[token] = good;
            }
        }
    }

    private void MakeRoom(long cost, DateTimeOffset now)
    {
        var isFull = cache.Count >= MaxTokens || bytes + cost > MaxBytes;
        if (isFull || (now - cleared).Duration() >= CacheDuration)
        {
            RemoveWhere(good => now < good.Since || good.Until <= now);
            cleared = now;
        }

        if (cache.Count >= MaxTokens || bytes + cost > MaxBytes)
        {
            RemoveWhere(_ => true);
        }
    }

    private void RemoveWhere(Func<CachedResult, bool> isToGo)
    {
        foreach (var (token, good) in cache)
        {
            if (isToGo(good) && cache.TryRemove(token, out _))
            {
                bytes -= EstimateBytes(token);
            }
        }
    }

    private static long EstimateBytes(string token) => BytesPerToken + ((long)BytesPerCharacter * token.Length);

    private sealed record CachedResult(TokenValidationResult Result, DateTimeOffset Since, DateTimeOffset Until);
}
