namespace Attachments.Api.Http.Logging;

/// <summary>How a request ended, where the status that was sent does not say so: it failed when the response was on its way.</summary>
/// <param name="Status">What the status would have been.</param>
internal sealed record FinalStatus(int Status)
{
    public static int Get(HttpContext context) => context.Features.Get<FinalStatus>()?.Status ?? context.Response.StatusCode;
}
