using Attachments.Application.Content.Uploads;
using Attachments.Domain.Sessions;

namespace Attachments.Application.Sessions;

/// <summary>
/// A piece of a request's body: its points as they arrive, of which a later one replaces an earlier one of the same name, and, once at
/// the end, the values of its fields.
/// </summary>
public abstract record SessionEntry;

/// <summary>A point that holds a scalar or embedded bytes.</summary>
/// <param name="Name">See <see cref="Point.RequireName"/>.</param>
/// <param name="Value">What the point holds.</param>
public sealed record ValuePoint(string Name, PointValue Value) : SessionEntry;

/// <summary>A point that holds a file, whose bytes are not yet read.</summary>
/// <param name="Name">See <see cref="Point.RequireName"/>.</param>
/// <param name="File">The file.</param>
public sealed record FilePoint(string Name, IncomingFile File) : SessionEntry;

/// <summary>The fields of the session itself. Null: the field was not sent.</summary>
/// <param name="Uuid">See <see cref="Session.Uuid"/>.</param>
/// <param name="UnitId">See <see cref="Session.UnitId"/>.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="Saved">Unix seconds.</param>
public sealed record SessionFields(string? Uuid = null, string? UnitId = null, long? Created = null, long? Saved = null) : SessionEntry;
