using Attachments.Domain.Content;

namespace Attachments.Domain.Records;

/// <summary>Where in a record a file is: at its root or in one of its folders, under a name.</summary>
public sealed record FilePlace
{
    /// <summary>The root of a record, which sorts before every folder.</summary>
    public const string Root = "";

    private FilePlace(string folder, string name)
    {
        Folder = folder;
        Name = name;
    }

    /// <summary><see cref="Root"/>, or the name of a folder, which is formed as that of a file.</summary>
    public string Folder { get; }

    public string Name { get; }

    /// <param name="folder">Null: the root.</param>
    /// <param name="name">See <see cref="FileName.FromSegment"/>.</param>
    /// <exception cref="DomainException"><c>file_name_invalid</c>, <c>file_name_too_long</c>, of either.</exception>
    public static FilePlace Of(string? folder, string name) =>
        new(folder is null ? Root : RequireFolder(folder), FileName.FromSegment(name).Value);

    /// <summary>Returns the name of a folder, in NFC, if one can be called so.</summary>
    /// <exception cref="DomainException"><c>file_name_invalid</c>, <c>file_name_too_long</c></exception>
    public static string RequireFolder(string folder) => FileName.FromSegment(folder).Value;

    /// <summary>A place as people read it: <c>folder/logo.png</c>.</summary>
    public static string TextOf(string folder, string name) => folder == Root ? name : $"{folder}/{name}";

    public override string ToString() => TextOf(Folder, Name);
}
