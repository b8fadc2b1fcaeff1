using Attachments.Domain.Content;

namespace Attachments.Domain.Sessions;

/// <summary>What a point holds: one of the three kinds below.</summary>
public abstract record PointValue;

/// <summary>A scalar, kept as its text.</summary>
public sealed record ScalarValue(string Text) : PointValue;

/// <summary>A small amount of binary data, embedded in the session's document.</summary>
public sealed record RawDataValue(byte[] Bytes) : PointValue;

/// <summary>An attached file.</summary>
/// <param name="FileName">Null: named after its point.</param>
/// <param name="Blob">Stored, and referred to by nothing else.</param>
public sealed record FileValue(FileName? FileName, Blob Blob) : PointValue;
