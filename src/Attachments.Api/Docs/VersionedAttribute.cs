namespace Attachments.Api.Docs;

/// <summary>Marks a reading action whose response has versions and accepts preconditions (RFC 9110, section 13).</summary>
[AttributeUsage(AttributeTargets.Method)]
internal class VersionedAttribute : Attribute;
