namespace Attachments.FunctionalTests.Access;

/// <summary>Who can be calling, each with one reason to be let in, or none.</summary>
[Flags]
internal enum Who
{
    None = 0,
    NoToken = 1,
    GarbageToken = 2,

    /// <summary>An administrator's, until an hour ago.</summary>
    ExpiredToken = 4,

    /// <summary>Somebody with a good token that says nothing more.</summary>
    Stranger = 8,
    Project = 16,
    AnotherProject = 32,

    /// <summary>The scope <c>records:read</c>.</summary>
    RecordsRead = 64,

    /// <summary>The scope <c>records</c>.</summary>
    Records = 128,
    Organisation = 256,
    AnotherOrganisation = 512,

    /// <summary>The one whose the temporary set and the owned attachment are.</summary>
    Owner = 1024,
    Admin = 2048,

    Unknown = NoToken | GarbageToken | ExpiredToken,
    Known = Stranger | Project | AnotherProject | RecordsRead | Records | Organisation | AnotherOrganisation | Owner | Admin,
    Anyone = Unknown | Known,
}
