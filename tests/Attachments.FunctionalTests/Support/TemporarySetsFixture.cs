namespace Attachments.FunctionalTests.Support;

/// <summary>Tests that each have a temporary set of their own on the common service.</summary>
internal abstract class TemporarySetsFixture
{
    protected static RunningService Service => TestBed.Service;

    /// <summary>The member's, once something is in it.</summary>
    protected TemporarySet Set { get; private set; } = null!;

    [SetUp]
    public void NewSet() => Set = TemporarySet.New(Service.Member);
}
