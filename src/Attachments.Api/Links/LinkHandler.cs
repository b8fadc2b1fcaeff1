using System.Security.Claims;
using System.Text.Encodings.Web;
using Attachments.Api.Http.Paths;
using Attachments.Application.Access;
using Attachments.Application.Errors;
using Attachments.Application.Links;
using Attachments.Application.OwnedAttachments;
using MediatR;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Attachments.Api.Links;

/// <summary>
/// Authenticates a request by the signed link in its query: the caller may make this one request. The only place that understands
/// <c>?link=</c>.
/// </summary>
internal sealed class LinkHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    LinkTokens tokens,
    IOptions<LinksOptions> links,
    IMediator mediator,
    TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public new const string Scheme = "Link";

    /// <summary>The query parameter.</summary>
    public const string Parameter = "link";

    /// <summary>Whether the link decides. Where an Authorization field is sent, that does.</summary>
    public static bool Decides(HttpRequest request) =>
        request.Headers.Authorization.Count == 0 && request.QueryString.HasValue && request.Query.ContainsKey(Parameter);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        Response.OnStarting(SetHeaders, Response);
        try
        {
            var granted = await Open();
            Context.Features.Set(Caller.WithLink(granted));
            return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(Scheme)), Scheme));
        }
        catch (RequestException refused)
        {
            return AuthenticateResult.Fail(refused);
        }
    }

    /// <exception cref="RequestException">What is wrong with the link: the response says so, instead of asking for another.</exception>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties) =>
        throw (await HandleAuthenticateOnceSafeAsync()).Failure ?? LinkErrors.Invalid();

    private async Task<GrantedRequest> Open()
    {
        if (Request.Query[Parameter] is not [{ } token]
            || await tokens.Verify(token) is not { } granted
            || !IsFor(granted)
            || LinkLifetime.IsTooLong(granted.ExpiresAt, links.Value, time.GetUtcNow()))
        {
            throw LinkErrors.Invalid();
        }

        if (LinkLifetime.HasEnded(granted.ExpiresAt, time.GetUtcNow()))
        {
            throw LinkErrors.Expired();
        }

        if (granted.LinkId is not null)
        {
            await mediator.Send(new OpenLink(granted, IsPrefetch()), Context.RequestAborted);
        }

        if (granted.CreateOnly)
        {
            // Any other tags in the field hold, too, where there is nothing.
            Request.Headers.IfNoneMatch = "*";
        }

        return granted;
    }

    private bool IsFor(GrantedRequest granted) =>
        Context.GetEndpoint()?.Metadata.GetMetadata<LinkableAttribute>() is { } linkable
        && linkable.BindsIds == (granted.Ids is not null)
        && granted.Method == (HttpMethods.IsHead(Request.Method) ? HttpMethods.Get : Request.Method)
        && RawPath.GetPath(RawRouteValues.GetTarget(Context)).SequenceEqual(granted.Target)
        && (granted.Inline is not { } inline || QueryAgrees("disposition", inline ? "inline" : "attachment"))
        && (granted.FileName is null || QueryAgrees("filename", granted.FileName.Value))
        && (granted.Ids is null || Request.Query["ids"].All(ids => AttachmentIds.TryParse(ids)?.ToString() == granted.Ids));

    private bool QueryAgrees(string parameter, string value) => Request.Query[parameter].All(sent => sent == value);

    /// <summary>The Fetch Standard's <c>Sec-Purpose</c>: a structured item, which may have parameters.</summary>
    private bool IsPrefetch() =>
        HttpMethods.IsGet(Request.Method)
        && Request.Headers["Sec-Purpose"].Any(purpose => purpose?.Split(';')[0].Trim().Equals("prefetch", StringComparison.OrdinalIgnoreCase) == true);

    private static Task SetHeaders(object response)
    {
        var headers = ((HttpResponse)response).Headers;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        return Task.CompletedTask;
    }
}
