using Attachments.Domain.Changes;
using Attachments.Domain.Content;

namespace Attachments.Domain.Sessions;

/// <summary>
/// What a field device recorded for a project: named data points, each a scalar, a small embedded binary, or an attached file.
/// </summary>
public sealed class Session : Aggregate
{
    public const int MaxUuidCharacters = 100;
    public const int MaxUnitIdCharacters = 255;

    /// <summary>The most points that a session may have.</summary>
    public const int MaxPoints = 10_000;

    private readonly List<Point> points = [];
    private Dictionary<string, Point>? byName;

    private Session(Guid id, long projectId, string uuid, string unitId, long created, long saved)
    {
        Id = id;
        ProjectId = projectId;
        Uuid = uuid;
        UnitId = unitId;
        Created = created;
        Saved = saved;
    }

    /// <summary>The internal key. Callers use <see cref="ProjectId"/> and <see cref="Uuid"/>.</summary>
    public Guid Id { get; private set; }

    public long ProjectId { get; private set; }

    /// <summary>Opaque, of 1 to 100 characters, unique within its project; not always a UUID.</summary>
    public string Uuid { get; private set; }

    /// <summary>The device that recorded it.</summary>
    public string UnitId { get; private set; }

    /// <summary>Unix seconds.</summary>
    public long Created { get; private set; }

    /// <summary>Unix seconds.</summary>
    public long Saved { get; private set; }

    /// <summary>Counts the changes. Two changes made from the same revision cannot both be saved.</summary>
    public long Revision { get; private set; }

    /// <summary>The number of points, loaded or not.</summary>
    public int PointCount { get; private set; }

    /// <summary>
    /// The latest Last-Modified of a file that it holds no longer, which is earlier than that of any file that comes; null: none is known.
    /// </summary>
    public DateTimeOffset? LatestRemoved { get; private set; }

    /// <summary>The points that were loaded.</summary>
    public IReadOnlyCollection<Point> Points => points;

    /// <summary>A new session without points.</summary>
    /// <param name="projectId">See <see cref="ProjectId"/>.</param>
    /// <param name="uuid">See <see cref="Uuid"/>.</param>
    /// <param name="unitId">See <see cref="UnitId"/>.</param>
    /// <param name="created">In unix seconds.</param>
    /// <param name="saved">In unix seconds.</param>
    /// <param name="latestRemoved">The latest Last-Modified of a file of the session that had this uuid before; null: none is
    /// known.</param>
    /// <param name="isReplacement">There was a session with this uuid, which it replaces.</param>
    /// <exception cref="DomainException">A text is too long, empty, or cannot be stored.</exception>
    public static Session Create(
        long projectId,
        string uuid,
        string unitId,
        long created,
        long saved,
        DateTimeOffset? latestRemoved = null,
        bool isReplacement = false)
    {
        var session = new Session(Guid.CreateVersion7(), projectId, RequireUuid(uuid), RequireUnitId(unitId), created, saved)
        {
            LatestRemoved = latestRemoved,
        };
        session.Note(() => session.Describe(ChangeTypes.SessionCreated, isReplacement: isReplacement));
        return session;
    }

    /// <summary>Returns <paramref name="uuid"/> if it is valid for a session.</summary>
    /// <exception cref="DomainException"><c>uuid_invalid</c></exception>
    /// <remarks>Clients remove dot segments from a path before they send it, so such a session could not be addressed.</remarks>
    public static string RequireUuid(string uuid) => uuid is not ("." or "..")
        ? WellFormedText.Require(uuid, MaxUuidCharacters, "uuid_invalid", "The session's uuid")
        : throw new DomainException("uuid_invalid", $"The session's uuid cannot be '{uuid}'.");

    /// <summary>Refuses another point in a session that has so many.</summary>
    /// <exception cref="DomainException"><c>too_many_points</c></exception>
    public static void RequireRoom(int points)
    {
        if (points >= MaxPoints)
        {
            throw new DomainException("too_many_points", $"A session can have at most {MaxPoints} points.");
        }
    }

    /// <summary>The latest Last-Modified that any of its files had, those loaded among them; null: none is known.</summary>
    public DateTimeOffset? LatestModified =>
        points.Aggregate(LatestRemoved, (latest, point) => LastModified.Latest(latest, point.Blob?.StoredAt));

    /// <summary>Sets the value of a point and replaces the previous one. If the point exists, it must be loaded.</summary>
    /// <exception cref="DomainException">The point's name or its text cannot be stored, or there would be too many points.</exception>
    public void Set(string pointName, PointValue value)
    {
        Revision++;
        var replaced = (Find(pointName) ?? Add(pointName)).Set(value);
        LatestRemoved = LastModified.Latest(LatestRemoved, replaced?.StoredAt);
        Dereference(replaced);
        if (value is FileValue { Blob: var blob })
        {
            blob.EnsureStoredAfter(LatestRemoved);
            Note(() => Describe(ChangeTypes.SessionAttachmentStored, pointName).WithContent(blob));
        }
        else if (replaced is not null)
        {
            Note(() => Describe(ChangeTypes.SessionAttachmentDeleted, pointName));
        }
    }

    /// <summary>Attaches a file to a point and sets the session's saved time.</summary>
    /// <exception cref="DomainException">The point's name cannot be stored.</exception>
    public void Attach(string pointName, FileValue file, long saved)
    {
        Set(pointName, file);
        Save(saved);
    }

    /// <summary>The blob of the file in a loaded point; null if it holds no file.</summary>
    public Blob? BlobIn(string pointName) => Find(pointName)?.Blob;

    /// <summary>Removes a point that holds a file and sets the session's saved time.</summary>
    /// <exception cref="InvalidOperationException">The point holds no file: ask <see cref="BlobIn"/> first.</exception>
    public void Detach(string pointName, long saved)
    {
        var blob = BlobIn(pointName) ?? throw new InvalidOperationException($"The point '{pointName}' holds no file.");
        ByName.Remove(pointName, out var point);
        points.Remove(point!);
        PointCount--;
        LatestRemoved = LastModified.Latest(LatestRemoved, blob.StoredAt);
        Save(saved);
        Dereference(blob);
        Note(() => Describe(ChangeTypes.SessionAttachmentDeleted, pointName));
    }

    /// <summary>Lets go of every loaded file, for a session that is being deleted.</summary>
    public void Delete()
    {
        GiveWay();
        Note(() => Describe(ChangeTypes.SessionDeleted));
    }

    /// <summary>Lets go of every loaded file, for a session that is being replaced.</summary>
    public void GiveWay()
    {
        foreach (var point in points)
        {
            Dereference(point.Blob);
        }
    }

    /// <summary>
    /// Subtracts points without files from the count. They were not loaded, and the caller removes them in the same transaction.
    /// Afterwards each can be <see cref="Set"/> like a new point.
    /// </summary>
    public void Discard(int removed)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(removed, PointCount - points.Count);
        PointCount -= removed;
        Revision++;
    }

    /// <summary>Changes the given fields and sets the saved time.</summary>
    /// <exception cref="DomainException">The unit's text is too long, empty, or cannot be stored.</exception>
    public void Update(string? unitId, long? created, long saved)
    {
        UnitId = unitId is null ? UnitId : RequireUnitId(unitId);
        Created = created ?? Created;
        Save(saved);
        Note(() => Describe(ChangeTypes.SessionUpdated));
    }

    /// <inheritdoc/>
    public override void NoteContent(Blob blob)
    {
        var point = points.Find(point => point.Blob == blob)!.Name;
        Note(() => Describe(GetContentType(blob), point).WithContent(blob));
    }

    /// <summary>Sets the saved time.</summary>
    public void Save(long saved)
    {
        Saved = saved;
        Revision++;
    }

    private Change Describe(string type, string? point = null, bool isReplacement = false) =>
        Change.OfSession(type, Revision, ProjectId, Uuid, point, isReplacement);

    private Point Add(string pointName)
    {
        RequireRoom(PointCount);
        var point = new Point(pointName);
        points.Add(point);
        ByName.Add(pointName, point);
        PointCount++;
        return point;
    }

    private Dictionary<string, Point> ByName => byName ??= points.ToDictionary(point => point.Name, StringComparer.Ordinal);

    private Point? Find(string pointName) => ByName.GetValueOrDefault(pointName);

    private static string RequireUnitId(string unitId) =>
        WellFormedText.Require(unitId, MaxUnitIdCharacters, "unit_id_invalid", "The session's unit_id");
}
