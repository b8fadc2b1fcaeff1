namespace Attachments.Api.Docs;

/// <summary>Shows an example of a response in the description of the API.</summary>
/// <param name="status">The status of a response that is described elsewhere.</param>
/// <param name="example">The example, in JSON.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ResponseExampleAttribute(int status, string example) : Attribute
{
    public int Status { get; } = status;

    public string Example { get; } = example;
}
