namespace Attachments.Api.Docs;

/// <summary>
/// Names what an endpoint reads or changes. The method and this name make the <c>operationId</c>, by which generators call their methods:
/// <c>putSessionAttachment</c>.
/// </summary>
/// <param name="subject">In the words of the API, and unique among the endpoints of a method: <c>SessionAttachment</c>.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OperationAttribute(string subject) : Attribute
{
    public string Subject { get; } = subject;
}
