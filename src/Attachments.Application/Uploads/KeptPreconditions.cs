using System.Text.Json;
using Attachments.Application.Conditional;

namespace Attachments.Application.Uploads;

/// <summary>The preconditions of the request that creates an upload, which are decided again at its end.</summary>
internal static class KeptPreconditions
{
    /// <summary>As JSON; null where there are none.</summary>
    public static string? Serialize(Preconditions preconditions)
    {
        var kept = new Kept(Condition.From(preconditions.IfMatch), preconditions.IfUnmodifiedSince, Condition.From(preconditions.IfNoneMatch));
        return kept == new Kept(null, null, null) ? null : JsonSerializer.Serialize(kept);
    }

    public static Preconditions Deserialize(string? json) =>
        json is null || JsonSerializer.Deserialize<Kept>(json) is not { } kept
            ? Preconditions.None
            : new Preconditions(kept.IfMatch?.ToCondition(), kept.IfUnmodifiedSince, kept.IfNoneMatch?.ToCondition(), IfModifiedSince: null);

    private sealed record Kept(Condition? IfMatch, DateTimeOffset? IfUnmodifiedSince, Condition? IfNoneMatch);

    /// <param name="Tags">Null: any.</param>
    private sealed record Condition(IReadOnlyList<EntityTag>? Tags)
    {
        public static Condition? From(EntityTagCondition? condition) => condition is null ? null : new Condition(condition.Tags);

        public EntityTagCondition ToCondition() => Tags is null ? EntityTagCondition.Any : EntityTagCondition.OneOf(Tags);
    }
}
