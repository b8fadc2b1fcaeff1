using Attachments.Application.Links;
using Microsoft.IdentityModel.Tokens;

namespace Attachments.Api.Links;

/// <summary>The keys of links, by their ids.</summary>
internal sealed class LinkKeys
{
    private readonly Dictionary<string, SecurityKey[]> keys;

    public LinkKeys(LinksOptions options)
    {
        var all = options.Keys.Select(key => new SymmetricSecurityKey(Convert.FromBase64String(key.Value!)) { KeyId = key.Id }).ToList();
        keys = all.ToDictionary(key => key.KeyId, SecurityKey[] (key) => [key], StringComparer.Ordinal);
        Signing = all.Count == 0 ? null : new SigningCredentials(all[0], SecurityAlgorithms.HmacSha256);
    }

    /// <summary>The first key; null if there is none.</summary>
    public SigningCredentials? Signing { get; }

    /// <summary>The key that a token names; none if it names none or an unknown one.</summary>
    public SecurityKey[] Find(string? id) => id is null ? [] : keys.GetValueOrDefault(id, []);
}
