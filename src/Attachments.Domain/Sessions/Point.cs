using Attachments.Domain.Content;

namespace Attachments.Domain.Sessions;

/// <summary>A named data point of a session. Exactly one of scalar, rawData and file is set.</summary>
public sealed class Point
{
    public const int MaxNameCharacters = 255;

    internal Point(string name) => Name = RequireName(name);

    public string Name { get; private set; }

    public string? Scalar { get; private set; }

    public byte[]? RawData { get; private set; }

    /// <summary>Set if the point holds a file.</summary>
    public FileName? FileName { get; private set; }

    public Guid? BlobId { get; private set; }

    public Blob? Blob { get; private set; }

    /// <summary>Returns <paramref name="name"/> if it is a valid name for a point.</summary>
    /// <exception cref="DomainException">It is empty, too long, or cannot be stored.</exception>
    public static string RequireName(string name) =>
        WellFormedText.Require(name, MaxNameCharacters, "point_name_invalid", "The name of a point");

    internal Blob? Set(PointValue value)
    {
        var replaced = Blob;
        (Scalar, RawData, FileName, Blob) = value switch
        {
            ScalarValue scalar => (RequireText(scalar.Text), null, null, null),
            RawDataValue raw => ((string?)null, raw.Bytes, (FileName?)null, (Blob?)null),
            FileValue file when Name is not ("." or "..") => (null, null, file.FileName ?? DefaultFileName(), file.Blob),
            FileValue => throw new DomainException("point_name_invalid", $"A point called '{Name}' cannot hold a file: it has no URL."),
            _ => throw new ArgumentOutOfRangeException(nameof(value)),
        };
        BlobId = Blob?.Id;
        return replaced;
    }

    private string RequireText(string text) => WellFormedText.Require(text, "point_invalid", $"The value of the point '{Name}'");

    private FileName DefaultFileName()
    {
        try
        {
            return FileName.From(Name);
        }
        catch (DomainException)
        {
            // A point's name may not be a valid file name (blank, or 255 long characters), but the file needs a name.
            return FileName.From("attachment");
        }
    }
}

/// <summary>The value of a point: one of the three kinds below.</summary>
public abstract record PointValue;

/// <summary>A scalar, stored as text.</summary>
public sealed record ScalarValue(string Text) : PointValue;

/// <summary>A small amount of binary data, embedded in the session's document.</summary>
public sealed record RawDataValue(byte[] Bytes) : PointValue;

/// <summary>An attached file.</summary>
/// <param name="FileName">The file name; null to use the name of the point.</param>
/// <param name="Blob">A stored blob that nothing else refers to.</param>
public sealed record FileValue(FileName? FileName, Blob Blob) : PointValue;
