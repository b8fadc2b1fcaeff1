using Attachments.Application.TemporarySets.OData;

namespace Attachments.UnitTests.TemporarySets.OData;

/// <summary>What the queries of these tests speak of.</summary>
internal sealed record Listed(long Ordinal, Guid Id, string Name, DateTimeOffset CreatedAt, long Size)
{
    public static ODataFields<Listed> Fields { get; } = new ODataFields<Listed>(item => item.Ordinal)
        .Add("Id", item => item.Id)
        .Add("Name", item => item.Name)
        .Add("CreatedAt", item => item.CreatedAt)
        .Add("Size", item => item.Size);

    public static ODataQuery<Listed> Query(params (string Name, string Text)[] options) =>
        ODataQuery.Parse(options.Select(option => KeyValuePair.Create(option.Name, option.Text)), Fields);
}
