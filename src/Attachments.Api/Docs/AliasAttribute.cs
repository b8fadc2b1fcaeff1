namespace Attachments.Api.Docs;

/// <summary>Names another prefix of a controller's routes, under which the OpenAPI document does not list them again.</summary>
/// <param name="prefix">Without a slash.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class AliasAttribute(string prefix) : Attribute
{
    public bool Includes(string? path) => path?.Split('/')[0] == prefix;
}
