using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Access;

/// <summary>An administrator's token (RFC 7519), put together by hand, so that any part of it can be wrong.</summary>
internal sealed class HandmadeToken
{
    public JsonObject Header { get; } = new() { ["alg"] = "HS256", ["typ"] = "JWT" };

    public JsonObject Claims { get; } = new()
    {
        ["iss"] = RunningService.Issuer,
        ["aud"] = RunningService.Audience,
        ["sub"] = "admin",
        ["role"] = "admin",
        ["iat"] = Seconds(TimeSpan.FromHours(-1)),
        ["nbf"] = Seconds(TimeSpan.FromHours(-1)),
        ["exp"] = Seconds(TimeSpan.FromHours(1)),
    };

    public byte[] Key { get; set; } = Convert.FromBase64String(RunningService.SigningKey);

    /// <summary>Header and payload, as they are signed.</summary>
    public string Signed => $"{Encoded(Header.ToJsonString())}.{Encoded(Claims.ToJsonString())}";

    public string Signature => Base64Url.EncodeToString(HMACSHA256.HashData(Key, Encoding.ASCII.GetBytes(Signed)));

    public static HandmadeToken With(Action<HandmadeToken> fault)
    {
        var token = new HandmadeToken();
        fault(token);
        return token;
    }

    /// <summary>A NumericDate (RFC 7519, section 2).</summary>
    public static long Seconds(TimeSpan fromNow) => (DateTimeOffset.UtcNow + fromNow).ToUnixTimeSeconds();

    public static string Encoded(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    public override string ToString() => $"{Signed}.{Signature}";
}
