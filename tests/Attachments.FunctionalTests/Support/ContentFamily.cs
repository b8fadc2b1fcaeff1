namespace Attachments.FunctionalTests.Support;

/// <summary>
/// One family of the API, as far as it keeps files: what the tests of what is common to all content endpoints need to know of it.
/// A new family is one subclass here, and one more entry in <see cref="All"/>.
/// </summary>
internal abstract class ContentFamily
{
    public static readonly IReadOnlyList<ContentFamily> All = [new SessionsFamily()];

    /// <summary>Whether <c>?disposition=inline</c> can be honoured at all.</summary>
    public abstract bool MayBeInline { get; }

    /// <summary>The type under which a file is served that was uploaded as <paramref name="mediaType"/>.</summary>
    public abstract string TypeServed(string mediaType);

    /// <summary>Stores a file, as the admin, where there is no other.</summary>
    /// <param name="service">Where.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="fileName">Its name, of characters that stand for themselves in a quoted string.</param>
    /// <param name="mediaType">Its type.</param>
    /// <param name="fields">Header fields of the file itself: those of the request where the body is the file, else those of its part.</param>
    public abstract Task<KeptFile> Store(
        RunningService service,
        byte[] content,
        string fileName = "file.bin",
        string mediaType = "application/octet-stream",
        params string[] fields);

    /// <summary>The family's name, for the names of tests.</summary>
    public abstract override string ToString();
}

/// <summary>A file that a family keeps.</summary>
/// <param name="Target">Path and query of its content endpoint.</param>
/// <param name="Replace">Puts other bytes in its place, with more header fields of the request; null where the family has no such way.</param>
/// <param name="Delete">Deletes it, with more header fields of the request.</param>
internal sealed record KeptFile(
    string Target,
    Func<byte[], (string Name, string Value)[], Task<Answer>>? Replace,
    Func<(string Name, string Value)[], Task<Answer>> Delete);

internal sealed class SessionsFamily : ContentFamily
{
    private const string Uuid = "s";
    private const string Point = "p";

    public override bool MayBeInline => false;

    public override string TypeServed(string mediaType) => "application/octet-stream";

    public override async Task<KeptFile> Store(
        RunningService service, byte[] content, string fileName, string mediaType, params string[] fields)
    {
        var project = Project.New(service.Admin);
        await project.Have(Uuid);
        var part = new Part($"; name=\"attachment\"; filename=\"{fileName}\"", content, [$"Content-Type: {mediaType}", .. fields]);
        (await project.Attach(Uuid, Point, Body.Multipart(part))).ShouldSucceed();
        return new KeptFile(
            project.Attachment(Uuid, Point),
            (bytes, conditions) => project.Attach(Uuid, Point, Body.Raw(bytes), conditions),
            conditions => project.Detach(Uuid, Point, conditions));
    }

    public override string ToString() => "sessions";
}
