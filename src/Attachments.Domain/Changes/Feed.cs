namespace Attachments.Domain.Changes;

/// <summary>The state of the one feed of a database.</summary>
public sealed class Feed
{
    private Feed(Guid id) => Id = id;

    /// <summary>Random. A cursor of another feed is not one of this.</summary>
    public Guid Id { get; private set; }

    /// <summary>The position given last.</summary>
    public long LastPosition { get; private set; }

    /// <summary>The last position whose change is no longer kept.</summary>
    public long ExpiredPosition { get; private set; }
}
