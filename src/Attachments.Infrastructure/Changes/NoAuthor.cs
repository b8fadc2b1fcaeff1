using Attachments.Application.Changes;

namespace Attachments.Infrastructure.Changes;

/// <summary>Where there are no requests, the service does everything by itself.</summary>
internal sealed class NoAuthor : IChangeAuthor
{
    public Guid? Find() => null;
}
