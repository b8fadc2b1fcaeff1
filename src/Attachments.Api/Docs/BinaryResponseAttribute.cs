namespace Attachments.Api.Docs;

/// <summary>Describes a response whose body is a file's bytes.</summary>
/// <param name="status">For example 200 or 206.</param>
/// <param name="mediaType">What it is served as; <c>*/*</c> where each file has its own type.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class BinaryResponseAttribute(int status, string mediaType) : Attribute
{
    public int Status { get; } = status;

    public string MediaType { get; } = mediaType;

    public string Description { get; init; } = "The file.";
}
