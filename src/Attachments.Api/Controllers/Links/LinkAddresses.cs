using Attachments.Api.Http.Paths;
using Attachments.Api.Links;
using Attachments.Application.Errors;
using Attachments.Application.Links;
using Microsoft.AspNetCore.WebUtilities;

namespace Attachments.Api.Controllers.Links;

/// <summary>Tells the service's own URLs from others, and takes them apart.</summary>
/// <param name="request">Names the address that the caller knows.</param>
/// <param name="baseUrl">The public address; null: the same.</param>
internal sealed class LinkAddresses(HttpRequest request, string? baseUrl)
{
    private readonly string address = (baseUrl ?? ServiceAddress.From(request)).TrimEnd('/');
    private readonly Uri[] own = [.. new[] { baseUrl, ServiceAddress.From(request) }.OfType<string>().Select(text => new Uri(text))];

    /// <summary>The item with the parts of its URL.</summary>
    /// <exception cref="InvalidRequestException"><c>link_target</c>: the URL is not one that a link can be for.</exception>
    public LinkItem Resolve(LinkItem item, string url)
    {
        var target = GetTarget(url);
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var (path, rest) = query < 0 ? (target, "") : (target[..query], target[query..]);
        RequireNothingElse(item, rest);
        return item.Method is "GET" or "PUT" or "POST"
            ? item with { Address = address, Target = path, Query = rest.Length > 1 ? rest : "" }
            : throw LinkTargets.NotLinkable;
    }

    /// <summary>Path and query, as they stand.</summary>
    private string GetTarget(string url)
    {
        var isOfUrl = url.All(character => character is > ' ' and < '\u007f' and not ('#' or '\\' or '"' or '<' or '>'));
        if (!isOfUrl)
        {
            throw LinkTargets.NotLinkable;
        }

        if (url.StartsWith('/') && !url.StartsWith("//", StringComparison.Ordinal))
        {
            return url;
        }

        var isOwn = Uri.TryCreate(url, UriKind.Absolute, out var uri)
            && uri is { Scheme: "http" or "https", UserInfo: "" }
            && Array.Exists(own, known => IsSame(known, uri));
        var path = isOwn ? url.IndexOf('/', url.IndexOf("://", StringComparison.Ordinal) + 3) : -1;
        return path < 0 ? throw LinkTargets.NotLinkable : url[path..];
    }

    /// <summary>Behind a proxy that ends TLS, the service does not know the scheme of its own address: the ports are compared as they are written.</summary>
    private static bool IsSame(Uri one, Uri other) =>
        string.Equals(one.IdnHost, other.IdnHost, StringComparison.OrdinalIgnoreCase)
        && (one.Port == other.Port || (one.IsDefaultPort && other.IsDefaultPort));

    /// <summary>A query that says otherwise than the token would be refused each time.</summary>
    private static void RequireNothingElse(LinkItem item, string query)
    {
        var sent = QueryHelpers.ParseQuery(query);
        var contradicts = (item.Disposition is not null && sent.GetValueOrDefault("disposition").Any(value => value != item.Disposition))
            || (item.FileName is not null && sent.GetValueOrDefault("filename").Any(value => value != item.FileName));
        if (sent.ContainsKey(LinkHandler.Parameter) || contradicts)
        {
            throw new InvalidRequestException("link_target", "The query of the url says otherwise than the item, or has a link already.");
        }
    }
}
