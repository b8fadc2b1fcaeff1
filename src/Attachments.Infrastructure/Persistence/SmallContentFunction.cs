using Attachments.Application.Content.Blobs;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Infrastructure.Persistence;

/// <summary>The database function behind <see cref="SmallContent.Read"/>. A migration creates it.</summary>
internal static class SmallContentFunction
{
    /// <summary>Lets queries of this model call the function.</summary>
    public static ModelBuilder HasSmallContent(this ModelBuilder builder)
    {
        builder.HasDbFunction(() => SmallContent.Read(default, default)).HasName("small_content");
        return builder;
    }
}
