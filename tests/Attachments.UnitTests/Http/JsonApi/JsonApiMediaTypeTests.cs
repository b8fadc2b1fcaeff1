using Attachments.Api.Http.Errors;
using Attachments.Api.Http.JsonApi;
using Attachments.Application.Errors;

namespace Attachments.UnitTests.Http.JsonApi;

/// <summary>JSON:API 1.1, "Content Negotiation".</summary>
public sealed class JsonApiMediaTypeTests
{
    private const string Type = JsonApiMediaType.Name;

    [TestCase(null)]
    [TestCase("")]
    [TestCase("*/*")]
    [TestCase("text/html; level=1")]
    [TestCase(Type)]
    [TestCase($"{Type};q=0")]
    [TestCase($"{Type} ; profile=\"a\" ; q=0.1")]
    [TestCase($"{Type};ext=\"\"")]
    [TestCase($"{Type};x=1, {Type}")]
    [TestCase($"{Type};x=\", {Type};y=\\\"\", {Type}")]
    [TestCase("application/vnd.api+jsonx;x=1")]
    public void Accepts(string? accept) => Should.NotThrow(() => JsonApiMediaType.RequireAcceptable(accept));

    [TestCase($"{Type};x=1")]
    [TestCase($"{Type};X=1, */*")]
    [TestCase($"{Type};ext=\"a b\"")]
    [TestCase($"{Type};profile=a;charset=utf-8")]
    [TestCase($"{Type};x=\", {Type}\"")]
    [TestCase($"{Type};x=\"never closed, {Type}")]
    [TestCase("APPLICATION/vnd.API+json;x=1")]
    public void Cannot_accept(string accept) =>
        Should.Throw<NotAcceptableException>(() => JsonApiMediaType.RequireAcceptable(accept));

    [TestCase(null, true)]
    [TestCase("text/plain; charset=utf-8", true)]
    [TestCase("application/json; charset=utf-8", true)]
    [TestCase(Type, true)]
    [TestCase($"{Type}; profile=\"a\"", true)]
    [TestCase($"{Type}; charset=utf-8", false)]
    [TestCase($"{Type}; q=1", false)]
    [TestCase($"{Type}; ext=a", false)]
    public void Takes_content_without_modifications(string? contentType, bool taken)
    {
        var require = () => JsonApiMediaType.RequireUnmodified(contentType);
        if (taken)
        {
            require.ShouldNotThrow();
        }
        else
        {
            require.ShouldThrow<UnsupportedMediaTypeException>();
        }
    }

    [TestCase(Type, true)]
    [TestCase("application/json;charset=utf-8", true)]
    [TestCase(null, false)]
    [TestCase("text/json", false)]
    public void Takes_documents_as_json(string? contentType, bool taken)
    {
        var require = () => JsonApiMediaType.RequireDocument(contentType);
        if (taken)
        {
            require.ShouldNotThrow();
        }
        else
        {
            require.ShouldThrow<UnsupportedMediaTypeException>();
        }
    }

    [FsCheck.NUnit.Property]
    public bool An_unmodified_instance_is_enough_beside_any_other(string other)
    {
        JsonApiMediaType.RequireAcceptable($"{Type}, {other}");
        return true;
    }
}
