using Attachments.Application.Content.Uploads;
using Attachments.Domain;
using Attachments.Domain.Sessions;

namespace Attachments.Application.Sessions;

/// <summary>All that a request says about a session, its files received. Null: not said.</summary>
public sealed class SessionDraft
{
    private readonly Dictionary<string, Func<UploadReceiver, CancellationToken, Task<PointValue>>> points = new(StringComparer.Ordinal);

    public string? Uuid { get; private set; }

    public string? UnitId { get; private set; }

    /// <summary>Unix seconds, as text.</summary>
    public string? Created { get; private set; }

    /// <summary>Unix seconds, as text.</summary>
    public string? Saved { get; private set; }

    /// <summary>The names of the points.</summary>
    public IReadOnlyCollection<string> PointNames => points.Keys;

    internal void Set(SessionField field)
    {
        switch (field.Name)
        {
            case "uuid": Uuid = field.Text; break;
            case "unit_id": UnitId = field.Text; break;
            case "created": Created = field.Text; break;
            case "saved": Saved = field.Text; break;
        }
    }

    /// <exception cref="DomainException">See <see cref="RequireRoomFor"/>.</exception>
    internal void Set(string point, PointValue value)
    {
        RequireRoomFor(point);
        points[point] = (_, _) => Task.FromResult(value);
    }

    /// <exception cref="DomainException">See <see cref="RequireRoomFor"/>.</exception>
    internal void Set(string point, ReceivedFile file)
    {
        RequireRoomFor(point);
        points[point] = async (receiver, cancellationToken) => new FileValue(file.FileName, await receiver.Complete(file, cancellationToken));
    }

    /// <summary>Refuses a request that names more points than any session may have.</summary>
    /// <exception cref="DomainException"><c>too_many_points</c></exception>
    internal void RequireRoomFor(string point)
    {
        if (!points.ContainsKey(point))
        {
            Session.RequireRoom(points.Count);
        }
    }

    /// <summary>Gives the session these points, within the open change.</summary>
    internal async Task Apply(Session session, UploadReceiver receiver, CancellationToken cancellationToken)
    {
        foreach (var (name, value) in points)
        {
            session.Set(name, await value(receiver, cancellationToken));
        }
    }
}
