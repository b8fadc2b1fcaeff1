using Attachments.Application.TemporarySets.OData;

namespace Attachments.IntegrationTests.TemporarySets.OData;

/// <summary>A row to be filtered and sorted, with a field of each kind.</summary>
internal sealed class Item
{
    public static readonly ODataFields<Item> Fields = new ODataFields<Item>(item => item.Ordinal)
        .Add("TemporaryId", item => item.TemporaryId)
        .Add("Id", item => item.Id)
        .Add("Name", item => item.Name)
        .Add("FileName", item => item.FileName)
        .Add("ContentType", item => item.ContentType)
        .Add("CreatedAt", item => item.CreatedAt)
        .Add("CreatedById", item => item.CreatedById)
        .Add("Size", item => item.Size);

    public required long Ordinal { get; init; }

    public required Guid TemporaryId { get; init; }

    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string FileName { get; init; }

    public required string ContentType { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required Guid CreatedById { get; init; }

    public required long Size { get; init; }
}
