using Attachments.Application.Content.Uploads;

namespace Attachments.Application.Sessions;

/// <summary>One thing that a request says about a session, in the order in which it arrives; a later one wins over an earlier.</summary>
public abstract record SessionEntry;

/// <summary>A field of the session itself: <c>uuid</c>, <c>unit_id</c>, <c>created</c> or <c>saved</c>. Others are ignored.</summary>
public sealed record SessionField(string Name, string Text) : SessionEntry;

/// <summary>A point that holds a scalar.</summary>
public sealed record ScalarPoint(string Name, string Text) : SessionEntry;

/// <summary>A point that holds embedded bytes.</summary>
/// <param name="Name">The point.</param>
/// <param name="Base64">Either alphabet of RFC 4648, with or without padding and line breaks.</param>
public sealed record RawDataPoint(string Name, string Base64) : SessionEntry;

/// <summary>A point that holds a file, whose bytes are not yet read.</summary>
public sealed record FilePoint(string Name, IncomingFile Upload) : SessionEntry;
