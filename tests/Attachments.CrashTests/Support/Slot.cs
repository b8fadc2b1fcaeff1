namespace Attachments.CrashTests;

/// <summary>
/// Something that is there or not, and is one of several versions of itself: a file, a record. Only one actor writes it, so what it must
/// show is known, but for the changes whose answer never came.
/// </summary>
/// <param name="name">For messages.</param>
/// <param name="observe">Reads it through the service: the version that it shows, null where there is none.</param>
internal sealed class Slot(string name, Func<HttpClient, Task<string?>> observe)
{
    public string Name { get; } = name;

    /// <summary>The version last acknowledged or observed; null: it is not there.</summary>
    public string? Known { get; set; }

    /// <summary>All that it has been, one after the other, with none for its being gone.</summary>
    public List<string> Versions { get; } = [];

    /// <summary>Changed, or perhaps changed, since it was last checked.</summary>
    public bool IsTouched { get; set; }

    public Task<string?> Observe(HttpClient client) => observe(client);

    public override string ToString() => Name;
}
