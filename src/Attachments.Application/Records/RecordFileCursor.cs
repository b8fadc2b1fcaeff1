using Attachments.Application.Paging;

namespace Attachments.Application.Records;

/// <summary>A place in the list of a record's files.</summary>
internal sealed record RecordFileCursor(string Folder, string Name)
{
    // Neither name can hold a slash.
    public override string ToString() => CursorText.Encode($"{Folder}/{Name}");

    /// <summary>The place; null where there is no text or one that no list gave.</summary>
    public static RecordFileCursor? Parse(string? text) =>
        CursorText.Decode(text)?.Split('/') is [var folder, var name] ? new RecordFileCursor(folder, name) : null;
}
