using System.Text.Json;
using Attachments.Application.Changes;
using Attachments.Domain.Changes;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Attachments.Api.Controllers.Changes;

/// <summary>Writes changes with the settings of all answers.</summary>
internal sealed class ChangeWriter(IOptions<JsonOptions> json) : IChangeWriter
{
    public byte[] Write(Change change) =>
        JsonSerializer.SerializeToUtf8Bytes(ChangeDocument.From(change), json.Value.JsonSerializerOptions);
}
