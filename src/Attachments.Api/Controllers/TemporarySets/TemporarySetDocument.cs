using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Attachments.Api.Docs;
using Attachments.Application.TemporarySets;
using Attachments.Application.Text;

namespace Attachments.Api.Controllers.TemporarySets;

/// <summary>A file in a temporary set.</summary>
/// <param name="TemporaryId">The set.</param>
/// <param name="Id">The file's own id.</param>
/// <param name="Name">The name given by the client; defaults to the file name.</param>
/// <param name="FileName">The file's name.</param>
/// <param name="ContentType">As declared by the upload.</param>
/// <param name="CreatedAt">In UTC and whole seconds: `2015-12-16T07:40:18Z`.</param>
/// <param name="CreatedById">The user who uploaded it.</param>
/// <param name="Size">In bytes, as received.</param>
/// <param name="Self">The URL of this metadata.</param>
/// <param name="Content">The URL of its bytes.</param>
public sealed record TemporaryItemDocument(
    [property: JsonPropertyName("TemporaryId")] Guid TemporaryId,
    [property: JsonPropertyName("Id")] Guid Id,
    [property: JsonPropertyName("Name")] string Name,
    [property: JsonPropertyName("FileName")] string FileName,
    [property: JsonPropertyName("ContentType")] string ContentType,
    [property: JsonPropertyName("CreatedAt")] string CreatedAt,
    [property: JsonPropertyName("CreatedById")] Guid CreatedById,
    [property: JsonPropertyName("Size")] long Size,
    [property: JsonPropertyName("Self")] string Self,
    [property: JsonPropertyName("Content")] string Content)
{
    internal static TemporaryItemDocument From(TemporaryItemDto item, TemporarySetUrls urls) => new(
        item.TemporaryId,
        item.Id,
        item.Name,
        item.FileName,
        item.ContentType,
        Rfc3339.FormatSeconds(item.CreatedAt),
        item.CreatedById,
        item.Size,
        urls.ForItem(item.TemporaryId, item.Id),
        urls.ForContents(item.Id));

    /// <summary>Of its members the ones that <c>$select</c> names.</summary>
    internal static JsonObject Select(TemporaryItemDocument item, IReadOnlySet<string> members) => new(
        JsonSerializer.SerializeToNode(item)!.AsObject()
            .Where(member => members.Contains(member.Key))
            .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
}

/// <summary>The files of a temporary set.</summary>
/// <param name="ODataCount">The same as `Total`. Present only if `$count=true` was sent.</param>
/// <param name="Skip">The number of files skipped. Present only if the counts were requested, like `Top` and `Total`.</param>
/// <param name="Top">The number of files requested, or else the number of files listed.</param>
/// <param name="Total">The number of files that match the filter.</param>
/// <param name="Items">The files: of each a <see cref="TemporaryItemDocument"/>, or the members of it that `$select` names.</param>
public sealed record TemporaryItemListDocument(
    [property: JsonPropertyName("@odata.count"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? ODataCount,
    [property: JsonPropertyName("Skip"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Skip,
    [property: JsonPropertyName("Top"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Top,
    [property: JsonPropertyName("Total"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Total,
    [property: JsonPropertyName("Items"), Schema(typeof(IReadOnlyList<TemporaryItemDocument>), WithOptionalMembers = true)] IAsyncEnumerable<object> Items)
{
    internal static TemporaryItemListDocument From(TemporaryItemList list, TemporarySetUrls urls) => new(
        list.Counts is { IsOData: true } counts ? counts.Total : null,
        list.Counts?.Skip,
        list.Counts?.Top,
        list.Counts?.Total,
        list.Items.Select(item => Member(TemporaryItemDocument.From(item, urls), list.Selected)));

    private static object Member(TemporaryItemDocument item, IReadOnlySet<string>? selected) =>
        selected is null ? item : TemporaryItemDocument.Select(item, selected);
}

/// <summary>A new temporary set.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Self">The URL that lists its files and accepts uploads.</param>
public sealed record TemporarySetDocument(
    [property: JsonPropertyName("Id")] Guid Id,
    [property: JsonPropertyName("Self")] string Self);

/// <summary>The deleted set or file.</summary>
/// <param name="Id">Its id.</param>
public sealed record RemovedDocument([property: JsonPropertyName("Id")] Guid Id);
