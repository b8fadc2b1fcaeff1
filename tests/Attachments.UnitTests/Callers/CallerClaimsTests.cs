using System.Security.Claims;
using Attachments.Api.Callers;

namespace Attachments.UnitTests.Callers;

public sealed class CallerClaimsTests
{
    [TestCase("7b3a9a1e-6d0c-4a4b-8f3e-1c2d3e4f5a6b")]
    [TestCase("7B3A9A1E-6D0C-4A4B-8F3E-1C2D3E4F5A6B")]
    public void Takes_a_uuid_as_it_is(string subject) =>
        UserId(subject, "https://id.example").ShouldBe(Guid.Parse("7b3a9a1e-6d0c-4a4b-8f3e-1c2d3e4f5a6b"));

    // Expected values: Python's uuid.uuid5(uuid.NAMESPACE_URL, iss + "|" + sub).
    [TestCase("https://id.example", "alice", "0af32f67-3005-58cd-a9db-2567dc6b00de")]
    [TestCase("https://id.example", "Zoë Ω", "222548c2-1c28-558d-a624-924e8fe2bdd8")]
    [TestCase(null, "bob", "738e1316-1369-5527-8259-ab96bd39816d")]
    public void Makes_a_version_5_uuid_of_any_other_subject(string? issuer, string subject, string expected) =>
        UserId(subject, issuer).ShouldBe(Guid.Parse(expected));

    [TestCase(" 7b3a9a1e-6d0c-4a4b-8f3e-1c2d3e4f5a6b")]
    [TestCase("{7b3a9a1e-6d0c-4a4b-8f3e-1c2d3e4f5a6b}")]
    [TestCase("7b3a9a1e6d0c4a4b8f3e1c2d3e4f5a6b")]
    [TestCase("0x3a9a1e-6d0c-4a4b-8f3e-1c2d3e4f5a6b")]
    [TestCase("+b3a9a1e-6d0c-4a4b-8f3e-1c2d3e4f5a6b")]
    public void Takes_no_near_uuid_for_a_uuid(string subject)
    {
        var user = UserId(subject, "https://id.example").ShouldNotBeNull();
        user.Version.ShouldBe(5);
    }

    [Test]
    public void Knows_nobody_without_a_subject()
    {
        CallerClaims.Read(new ClaimsPrincipal()).ShouldBeNull();
        CallerClaims.Read(Principal(("sub", ""))).ShouldBeNull();
        CallerClaims.Read(Principal(("iss", "x"), ("role", "admin"))).ShouldBeNull();
    }

    [Test]
    public void Finds_admin_among_the_roles()
    {
        Read(("role", "reader"), ("role", "admin")).IsAdmin.ShouldBeTrue();
        Read(("role", "administrator")).IsAdmin.ShouldBeFalse();
        Read(("role", "Admin")).IsAdmin.ShouldBeFalse();
    }

    [Test]
    public void Reads_projects_and_ignores_what_is_no_integer()
    {
        var caller = Read(("project", "7"), ("project", "-9"), ("project", "1.5"), ("project", "8 9"), ("project", ""), ("project", "x"));
        caller.Projects.ShouldBe([7, -9], ignoreOrder: true);
        caller.AllProjects.ShouldBeFalse();
    }

    [Test]
    public void Reads_the_organisations_that_the_caller_belongs_to() =>
        Read(("org", "3"), ("org", "x"), ("org", "4")).Organisations.ShouldBe([3, 4], ignoreOrder: true);

    [TestCase("", false, false)]
    [TestCase("records:read", true, false)]
    [TestCase("profile records", true, true)]
    [TestCase("records records:read", true, true)]
    [TestCase("records:write Records precords", false, false)]
    public void Reads_what_the_scopes_allow_of_records(string scope, bool read, bool write)
    {
        var caller = Read(("scope", "openid"), ("scope", scope));
        caller.MayReadRecords.ShouldBe(read);
        caller.MayWriteRecords.ShouldBe(write);
    }

    [Test]
    public void Allows_an_admin_everything_with_records()
    {
        var admin = Read(("role", "admin"));
        admin.MayReadRecords.ShouldBeTrue();
        admin.MayWriteRecords.ShouldBeTrue();
    }

    [Test]
    public void Reads_a_star_as_every_project()
    {
        var caller = Read(("project", "*"), ("project", "7"));
        caller.AllProjects.ShouldBeTrue();
        caller.MayUseProject(8).ShouldBeTrue();
    }

    private static Guid? UserId(string subject, string? issuer) =>
        CallerClaims.GetUserId(issuer is null ? Principal(("sub", subject)) : Principal(("sub", subject), ("iss", issuer)));

    private static Application.Access.Caller Read(params (string Name, string Value)[] claims) =>
        CallerClaims.Read(Principal([("sub", "alice"), .. claims])).ShouldNotBeNull();

    private static ClaimsPrincipal Principal(params (string Name, string Value)[] claims) =>
        new(new ClaimsIdentity(claims.Select(claim => new Claim(claim.Name, claim.Value)), "test"));
}
