using System.Text;
using Attachments.Api.Docs;
using Attachments.Application.Access;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Domain;
using FluentValidation;
using FluentValidation.Results;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

namespace Attachments.UnitTests.Hosting;

/// <summary>A controller like any of the service's, with every way to end.</summary>
[ApiController]
[Route("samples")]
public sealed class SamplesController : ControllerBase
{
    public const string Secret = "at /var/secret in SELECT 1";

    [HttpGet("caller")]
    public IActionResult WhoAmI([FromServices] Caller caller) =>
        Ok(new { caller.UserId, caller.IsAdmin, Projects = caller.Projects.Order(), caller.AllProjects });

    [HttpGet("numbers/{number}")]
    public IActionResult Number(int number) => Ok(number);

    [HttpPost("documents")]
    public IActionResult Document(Document document) => Ok(document.Number);

    [HttpGet("refused/{kind}")]
    public IActionResult Refused(string kind) => kind switch
    {
        "absent" => NotFound(),
        "forbidden" => Forbid(),
        _ => throw CreateException(kind),
    };

    [HttpGet("cut-off/{kind}")]
    public async Task CutOff(string kind)
    {
        Response.ContentLength = 100;
        await Response.Body.WriteAsync("half"u8.ToArray());
        await Response.Body.FlushAsync();
        throw CreateException(kind);
    }

    [HttpGet("endless")]
    public async Task Endless()
    {
        while (true)
        {
            await Response.Body.WriteAsync(new byte[4096], HttpContext.RequestAborted);
        }
    }

    [HttpGet("patient")]
    public Task Patient() => Task.Delay(Timeout.Infinite, HttpContext.RequestAborted);

    [HttpPost("echo/{name}")]
    public async Task Echo(string name)
    {
        var buffer = new byte[1000];
        int read;
        while ((read = await Request.Body.ReadAsync(buffer)) > 0)
        {
            await Response.Body.WriteAsync(buffer.AsMemory(0, read));
        }

        await Response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(name));
    }

    [HttpGet("file")]
    [HttpHead("file")]
    [Download("*/*", MayBeInline = true)]
    public Task ReadFile() => HttpContext.Features.GetRequiredFeature<IHttpResponseBodyFeature>().SendFileAsync(
        typeof(SamplesController).Assembly.Location, offset: 10, count: 90);

    [HttpPut("file")]
    [RequestBody("multipart/form-data", Type = typeof(Upload), Description = "The file in the field attachment.")]
    [RequestBody("application/octet-stream", Description = "Or as it is.")]
    [RequestBody("application/json", Type = typeof(Document), Example = """{"number":7}""")]
    public IActionResult WriteFile() => Ok();

    private static Exception CreateException(string kind) => kind switch
    {
        "unavailable" => new UnavailableException("database_unreachable", "The database cannot be reached."),
        "conflict" => new ConflictException("already_there", "Zoë's <file> is there."),
        "invalid" => new ValidationException([new ValidationFailure("unit_id", "unit_id is missing.")]),
        "domain" => new DomainException("file_name_too_long", "The name is too long."),
        "gone" => new BlobGoneException(Guid.Empty),
        _ => new InvalidOperationException(Secret),
    };
}

public sealed record Upload([property: System.Text.Json.Serialization.JsonPropertyName("attachment")] Stream File);

public sealed record Document([System.ComponentModel.DataAnnotations.Range(1, 9)] int Number);
