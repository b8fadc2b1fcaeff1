using Attachments.Domain.Content;

namespace Attachments.Domain.Records;

/// <summary>The place of a file in a record: its name, at the root or in a folder.</summary>
public sealed record FilePlace
{
    /// <summary>The root of a record, which sorts before every folder.</summary>
    public const string Root = "";

    private FilePlace(string folder, string name)
    {
        Folder = folder;
        Name = name;
    }

    /// <summary><see cref="Root"/>, or the name of a folder, which follows the rules of file names.</summary>
    public string Folder { get; }

    public string Name { get; }

    /// <param name="folder">The folder; null for the root.</param>
    /// <param name="name">See <see cref="FileName.FromSegment"/>.</param>
    /// <exception cref="DomainException"><c>file_name_invalid</c>, <c>file_name_too_long</c>, for the folder or the name.</exception>
    public static FilePlace Create(string? folder, string name) =>
        new(folder is null ? Root : RequireFolder(folder), FileName.FromSegment(name).Value);

    /// <summary>Returns the folder name in NFC, if it is valid.</summary>
    /// <exception cref="DomainException"><c>file_name_invalid</c>, <c>file_name_too_long</c></exception>
    public static string RequireFolder(string folder) => FileName.FromSegment(folder).Value;

    /// <summary>The place in readable form: <c>folder/logo.png</c>.</summary>
    public static string Format(string folder, string name) => folder == Root ? name : $"{folder}/{name}";

    public override string ToString() => Format(Folder, Name);
}
