using Attachments.Application.Errors;
using Attachments.Application.Paging;
using Attachments.Application.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Attachments.Api.Http.JsonApi;

/// <summary>
/// The query of a request (JSON:API 1.1, "Query Parameters"). JSON:API reserves names of lower-case letters (before the first bracket, if
/// any); unknown ones are refused. All other names are ignored.
/// </summary>
/// <param name="PageSize">Null: not sent.</param>
/// <param name="PageAfter">Null: not sent.</param>
internal sealed record JsonApiQuery(int? PageSize, string? PageAfter)
{
    /// <summary>The query parameter of a page's size.</summary>
    public const string SizeParameter = "page[size]";

    /// <summary>The query parameter of a page's cursor.</summary>
    public const string AfterParameter = "page[after]";

    /// <summary>Whether a page was asked for.</summary>
    public bool IsPaged => PageSize is not null || PageAfter is not null;

    /// <param name="query">As it was sent, with its question mark.</param>
    /// <param name="paged">The parameters of a page are known here.</param>
    /// <exception cref="InvalidRequestException"><c>query_invalid</c>: a parameter is unknown, repeated, or not of its form.</exception>
    public static JsonApiQuery Read(QueryString query, bool paged)
    {
        var (size, after) = ((string?)null, (string?)null);
        foreach (var pair in new QueryStringEnumerable(query.Value))
        {
            var (name, value) = (pair.DecodeName().ToString(), pair.DecodeValue().ToString());
            switch (name)
            {
                case SizeParameter when paged:
                    size = size is null ? value : throw Invalid(name, "is sent more than once");
                    break;
                case AfterParameter when paged:
                    after = after is null ? value : throw Invalid(name, "is sent more than once");
                    break;
                default:
                    RejectReserved(name);
                    break;
            }
        }

        return new JsonApiQuery(size is null ? null : ParseSize(size), after);
    }

    /// <summary>A query parameter that cannot be followed.</summary>
    /// <param name="parameter">Its name.</param>
    /// <param name="fault">What follows the name in a sentence.</param>
    public static InvalidRequestException Invalid(string parameter, string fault) => new(
        "query_invalid", $"The query parameter '{parameter}' {fault}.", new Dictionary<string, string[]> { [parameter] = [fault] });

    private static int ParseSize(string text) => DecimalInteger.Parse(text) is >= 1 and <= PageRequest.MaxSize and var size
        ? (int)size
        : throw Invalid(SizeParameter, $"must be an integer from 1 to {PageRequest.MaxSize}");

    private static void RejectReserved(string name)
    {
        if (name.AsSpan().IndexOf('[') is var bracket && (bracket < 0 ? name : name[..bracket]).All(char.IsAsciiLetterLower))
        {
            throw Invalid(name, "is not supported here");
        }
    }
}
