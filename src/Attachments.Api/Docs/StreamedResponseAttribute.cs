namespace Attachments.Api.Docs;

/// <summary>Says that an action can also answer with a stream of server-sent events, to GET alone.</summary>
/// <param name="example">A piece of such a stream.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class StreamedResponseAttribute(string example) : Attribute
{
    public string Example { get; } = example;
}
