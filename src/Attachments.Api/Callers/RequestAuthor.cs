using Attachments.Application.Access;
using Attachments.Application.Changes;

namespace Attachments.Api.Callers;

/// <summary>The user whose request it is; outside of requests, nobody.</summary>
internal sealed class RequestAuthor(IHttpContextAccessor accessor) : IChangeAuthor
{
    public Guid? Find() => accessor.HttpContext?.Features.Get<Caller>()?.UserId;
}
