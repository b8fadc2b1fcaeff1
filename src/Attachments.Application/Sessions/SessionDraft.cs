using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Attachments.Domain;
using Attachments.Domain.Sessions;

namespace Attachments.Application.Sessions;

/// <summary>All that a request says about a session, its files received.</summary>
public sealed class SessionDraft
{
    private readonly Dictionary<string, (PointValue? Value, ReceivedFile? File)> points = new(StringComparer.Ordinal);

    private SessionDraft()
    {
    }

    public SessionFields Fields { get; private set; } = new();

    /// <summary>The names of the points.</summary>
    public IReadOnlyCollection<string> PointNames => points.Keys;

    /// <summary>Reads a body to its end, and receives its files on the way.</summary>
    /// <exception cref="DomainException"><c>too_many_points</c>: there are more than any session may have.</exception>
    /// <exception cref="TooLargeException">A point's embedded bytes are over the limit, or a file is.</exception>
    internal static async Task<SessionDraft> Receive(
        IAsyncEnumerable<SessionEntry> entries, UploadReceiver receiver, LimitsOptions limits, CancellationToken cancellationToken)
    {
        var draft = new SessionDraft();
        await foreach (var entry in entries.WithCancellation(cancellationToken))
        {
            switch (entry)
            {
                case ValuePoint point:
                    RequireWithin(limits.MaxRawDataBytes, point);
                    draft.RequireRoomFor(point.Name);
                    draft.points[point.Name] = (point.Value, null);
                    break;
                case FilePoint point:
                    draft.RequireRoomFor(point.Name);
                    draft.points[point.Name] = (null, await receiver.Receive(point.File, cancellationToken));
                    break;
                case SessionFields fields:
                    draft.Fields = fields;
                    break;
            }
        }

        return draft;
    }

    /// <summary>Gives the session these points, within the open change.</summary>
    internal async Task Apply(Session session, UploadReceiver receiver, CancellationToken cancellationToken)
    {
        foreach (var (name, (value, file)) in points)
        {
            session.Set(name, value ?? new FileValue(file!.FileName, await receiver.Complete(file, cancellationToken)));
        }
    }

    private static void RequireWithin(int limit, ValuePoint point)
    {
        if (point.Value is RawDataValue { Bytes.Length: var length } && length > limit)
        {
            throw new TooLargeException(
                "raw_data_too_large", $"The rawData of the point '{point.Name}' has {length} bytes; at most {limit} are accepted.");
        }
    }

    private void RequireRoomFor(string point)
    {
        if (!points.ContainsKey(point))
        {
            Session.RequireRoom(points.Count);
        }
    }
}
