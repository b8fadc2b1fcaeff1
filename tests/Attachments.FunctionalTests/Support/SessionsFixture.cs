namespace Attachments.FunctionalTests.Support;

/// <summary>Tests that each have a project of their own on the common service.</summary>
internal abstract class SessionsFixture
{
    protected const string Uuid = "12341234-12341234-1234-1234-123412341234";

    protected static RunningService Service => TestBed.Service;

    /// <summary>As the admin sees it.</summary>
    protected Project Project { get; private set; } = null!;

    [SetUp]
    public void NewProject() => Project = Project.New(Service.Admin);
}
