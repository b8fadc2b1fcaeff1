using Attachments.Domain.Content;

namespace Attachments.Domain.Sessions;

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
