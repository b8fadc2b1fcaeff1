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

    /// <summary>Set where there is a file.</summary>
    public FileName? FileName { get; private set; }

    public Guid? BlobId { get; private set; }

    public Blob? Blob { get; private set; }

    /// <summary>Returns <paramref name="name"/> if a point may be called so.</summary>
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
            FileValue file when Name is not ("." or "..") => (null, null, file.FileName ?? NameOfItsOwn(), file.Blob),
            FileValue => throw new DomainException("point_name_invalid", $"A point called '{Name}' cannot hold a file: it has no URL."),
            _ => throw new ArgumentOutOfRangeException(nameof(value)),
        };
        BlobId = Blob?.Id;
        return replaced;
    }

    private string RequireText(string text) => WellFormedText.Require(text, "point_invalid", $"The value of the point '{Name}'");

    private FileName NameOfItsOwn()
    {
        try
        {
            return FileName.From(Name);
        }
        catch (DomainException)
        {
            // A point may be called what no file can be (blank, or 255 long characters); its file needs some name all the same.
            return FileName.From("attachment");
        }
    }
}
