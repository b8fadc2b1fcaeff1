namespace Attachments.Api.Docs;

/// <summary>Says of an action that reads that its answer has versions, so that conditions may be put on it (RFC 9110, section 13).</summary>
[AttributeUsage(AttributeTargets.Method)]
internal class VersionedAttribute : Attribute;
