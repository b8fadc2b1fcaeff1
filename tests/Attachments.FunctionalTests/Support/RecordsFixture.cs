namespace Attachments.FunctionalTests.Support;

/// <summary>Tests that each have a form type of their own on the common service.</summary>
internal abstract class RecordsFixture
{
    protected static RunningService Service => TestBed.Service;

    /// <summary>As the admin sees it.</summary>
    protected FormType Forms { get; set; } = null!;

    [SetUp]
    public void NewFormType() => Forms = FormType.New(Service.Admin);
}
