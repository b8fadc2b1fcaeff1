namespace Attachments.FunctionalTests.Support;

/// <summary>Tests of owned attachments on the common service, each by users and organisations of its own.</summary>
internal abstract class OwnedAttachmentsFixture
{
    private static long lastOrganisation = 100;

    protected static readonly byte[] Photo = Files.Make(Files.Small);
    protected static readonly byte[] Large = Files.Make(Files.Large);

    protected static RunningService Service => TestBed.Service;

    /// <summary>The one who owns what a test creates, and belongs to <see cref="Organisation"/>.</summary>
    protected OwnedFiles Owner { get; private set; } = null!;

    protected OwnedFiles Admin { get; private set; } = null!;

    protected long Organisation { get; private set; }

    [SetUp]
    public void NewUsers()
    {
        Organisation = NewOrganisation();
        Owner = OwnedFiles.For(Service, Organisation);
        Admin = OwnedFiles.OfAdmin(Service);
    }

    /// <summary>An organisation that no other test knows.</summary>
    protected static long NewOrganisation() => Interlocked.Increment(ref lastOrganisation);
}
