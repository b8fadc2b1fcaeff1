using Attachments.Domain.Changes;

namespace Attachments.Application.Changes;

/// <summary>Writes changes as callers read them.</summary>
public interface IChangeWriter
{
    /// <summary>The change as JSON, the same bytes each time.</summary>
    byte[] Write(Change change);
}
