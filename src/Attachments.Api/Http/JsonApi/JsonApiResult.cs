using System.Buffers;
using System.Text.Json;
using Attachments.Api.Http.Documents;
using Microsoft.AspNetCore.Mvc;

namespace Attachments.Api.Http.JsonApi;

/// <summary>Answers with a document whose primary data are one resource.</summary>
/// <param name="status">200 or 201.</param>
/// <param name="resource">Writes the resource.</param>
internal sealed class JsonApiResult(int status, Action<Utf8JsonWriter> resource) : IActionResult
{
    public async Task ExecuteResultAsync(ActionContext context)
    {
        var document = new ArrayBufferWriter<byte>();
        await using (var writer = new Utf8JsonWriter(document, JsonResponses.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("data");
            resource(writer);
            writer.WriteEndObject();
        }

        var response = context.HttpContext.Response;
        response.StatusCode = status;
        response.ContentType = JsonApiMediaType.Name;
        response.ContentLength = document.WrittenCount;
        if (!HttpMethods.IsHead(context.HttpContext.Request.Method))
        {
            await response.Body.WriteAsync(document.WrittenMemory, context.HttpContext.RequestAborted);
        }
    }
}
