namespace Attachments.Api.Http.Logging;

/// <summary>The result of a request that failed after its status was sent.</summary>
/// <param name="Status">What the status would have been.</param>
internal sealed record FinalStatus(int Status)
{
    public static int Get(HttpContext context) => context.Features.Get<FinalStatus>()?.Status ?? context.Response.StatusCode;
}
