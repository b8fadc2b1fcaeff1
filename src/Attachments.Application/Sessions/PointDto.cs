namespace Attachments.Application.Sessions;

/// <summary>A point with its scalar, its embedded bytes, or the metadata of its file.</summary>
public sealed record PointDto
{
    public string Name { get; init; } = "";

    public string? Scalar { get; init; }

    /// <summary>The text before <see cref="Scalar"/> was in the step before.</summary>
    public bool IsContinued { get; init; }

    /// <summary>The text after <see cref="Scalar"/> is in the next step.</summary>
    public bool Continues { get; init; }

    public byte[]? RawData { get; init; }

    /// <summary>Null: the point holds no file.</summary>
    public string? FileName { get; init; }

    public string? MediaType { get; init; }

    /// <summary>In bytes.</summary>
    public long? Length { get; init; }

    /// <summary>16 bytes.</summary>
    public byte[]? Md5 { get; init; }
}
